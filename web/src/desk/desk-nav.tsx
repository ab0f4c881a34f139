import { useEffect, useRef } from 'preact/hooks';
import { address } from '../address.ts';
import { PageLink } from '../frame/page-link.tsx';
import { strings } from '../strings.ts';
import { LIST_NAMES } from './lists/list-address.ts';
import './desk-nav.css';

const texts = strings.desk;

/** Leads from the queues to the lists of the desk, and back. */
export function DeskNav() {
  const { list } = address.value;
  const nav = useRef<HTMLElement>(null);
  // On phones, not all of them are seen.
  useEffect(() => {
    const current = nav.current?.querySelector('[aria-current]');
    current?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  }, [list?.name]);
  return (
    <nav ref={nav} class="desk-nav" aria-label={texts.title}>
      <PageLink to={{ page: 'desk', filter: {} }} isCurrent={list === undefined}>
        {texts.lists.queues}
      </PageLink>
      {LIST_NAMES.map((name) => (
        <PageLink
          key={name}
          to={{ page: 'desk', filter: {}, list: { name, filter: {} } }}
          isCurrent={list?.name === name}
        >
          {texts.lists.names[name]}
        </PageLink>
      ))}
    </nav>
  );
}
