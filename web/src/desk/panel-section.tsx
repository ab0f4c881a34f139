import type { ComponentChildren } from 'preact';

/** A part of what is known about an attachment. */
export function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="panel-section">
      <h2>{title}</h2>
      {children}
    </section>
  );
}
