import type { ComponentChildren } from 'preact';

/** A slide that scrolls by itself. A finger that moves sideways swipes; a mouse selects text. */
export function ScrollArea({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <section
      class="slide-scroll"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
      tabIndex={0}
      aria-label={label}
      // The wheel scrolls, and does not zoom.
      onWheel={(event) => event.stopPropagation()}
      onPointerDown={(event) => {
        if (event.pointerType === 'mouse') event.stopPropagation();
      }}
    >
      {children}
    </section>
  );
}
