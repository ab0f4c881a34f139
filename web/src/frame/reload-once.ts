const AGAIN_MS = 60_000;

/**
 * Reloads the page, but once in a minute for the same reason: what a reload does not mend would reload it for ever.
 *
 * @returns whether it does
 */
export function reloadOnce(reason: string): boolean {
  const key = `reloaded: ${reason}`;
  if (Date.now() - Number(sessionStorage.getItem(key) ?? 0) < AGAIN_MS) return false;
  sessionStorage.setItem(key, String(Date.now()));
  location.reload();
  return true;
}

/** Reloads a page that was opened before the server was upgraded, once it needs a module that the new release does not have. */
export function reloadAfterUpgrade(): void {
  window.addEventListener('vite:preloadError', (event) => {
    if (reloadOnce('upgrade')) event.preventDefault();
  });
}
