/**
 * Gives the focus back when the viewer closes: to the tile of what was open, else to what had it before.
 *
 * @param opener what had the focus when the viewer opened
 */
export function focusTile(sid: string, opener: Element | null): void {
  // The page behind can be focused again only once the viewer is gone.
  requestAnimationFrame(() => {
    if (document.querySelector('dialog[open]')) return;
    const tile = document.querySelector<HTMLElement>(`#content a[href^="/m/${sid}"]`);
    const before = opener instanceof HTMLElement && opener.isConnected && opener !== document.body;
    const target = tile ?? (before ? opener : document.getElementById('content'));
    target?.focus({ preventScroll: true });
  });
}
