import type { ComponentChildren } from 'preact';
import { type Address, go, hrefOf } from '../address.ts';

const CURRENT: Record<string, 'page' | 'true'> = { true: 'page', group: 'true' };

/** A link within the page: a plain click does not load it again, any other does what the browser does with links. */
export function PageLink(props: {
  to: Address;
  class?: string;
  label?: string;
  /** Whether it leads to what is shown, or to the first page of a group in which that is. */
  isCurrent?: boolean | 'group';
  /** Before it goes there. */
  onFollow?: () => void;
  children: ComponentChildren;
}) {
  const { to, label, isCurrent = false, onFollow, children } = props;
  return (
    <a
      class={props.class}
      href={hrefOf(to)}
      aria-label={label}
      aria-current={CURRENT[String(isCurrent)]}
      onClick={(event) => {
        const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
        if (!isPlain || event.button !== 0) return;
        event.preventDefault();
        onFollow?.();
        go(to);
      }}
    >
      {children}
    </a>
  );
}
