import type { ComponentChildren } from 'preact';
import './list-page.css';

/**
 * A list of the desk, or what belongs to one of its entries.
 *
 * @param isText nothing in it takes the focus: the page does, so that keys scroll it
 */
export function ListPage({
  title,
  isText = false,
  children,
}: {
  title: string;
  isText?: boolean;
  children: ComponentChildren;
}) {
  return (
    <main id="content" class="list-page" tabIndex={isText ? 0 : -1}>
      <div class="list-page-content">
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}

/** Leads to the list when what had the focus is gone with its entry. */
export function keepFocus(): void {
  // Not before it is drawn.
  requestAnimationFrame(() => {
    const { activeElement } = document;
    if (activeElement !== null && activeElement !== document.body) return;
    document.getElementById('content')?.focus();
  });
}
