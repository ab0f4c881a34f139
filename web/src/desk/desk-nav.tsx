import { useEffect, useRef } from 'preact/hooks';
import { address } from '../address.ts';
import { PageLink } from '../frame/page-link.tsx';
import { isAdmin } from '../session/session.ts';
import { strings } from '../strings.ts';
import { isOperateName, LIST_NAMES, type ListName, OPERATE_NAMES } from './lists/list-address.ts';
import './desk-nav.css';

const texts = strings.desk;

/** Leads from the queues to the lists of the desk, and back; admins also to the pages about the server. */
export function DeskNav() {
  const name = address.value.list?.name;
  const isOperating = name !== undefined && isOperateName(name);
  const nav = useRef<HTMLDivElement>(null);
  // On phones, not all of them are seen.
  useEffect(() => {
    for (const current of nav.current?.querySelectorAll('[aria-current]') ?? []) {
      current.scrollIntoView({ inline: 'nearest', block: 'nearest' });
    }
  }, [name]);
  return (
    <div ref={nav} class="desk-navs">
      <nav class="desk-nav" aria-label={texts.title}>
        <PageLink to={{ page: 'desk', filter: {} }} isCurrent={name === undefined}>
          {texts.lists.queues}
        </PageLink>
        {LIST_NAMES.map((list) => (
          <ListLink key={list} list={list} isCurrent={list === name} />
        ))}
        {isAdmin.value && (
          <PageLink
            class="desk-nav-group"
            to={{ page: 'desk', filter: {}, list: { name: 'operate', filter: {} } }}
            isCurrent={isOperating && 'group'}
          >
            {strings.operate.title}
          </PageLink>
        )}
      </nav>
      {isOperating && (
        <nav class="desk-nav" aria-label={strings.operate.title}>
          {OPERATE_NAMES.map((list) => (
            <ListLink key={list} list={list} isCurrent={list === name} />
          ))}
        </nav>
      )}
    </div>
  );
}

function ListLink({ list, isCurrent }: { list: ListName; isCurrent: boolean }) {
  return (
    <PageLink
      to={{ page: 'desk', filter: {}, list: { name: list, filter: {} } }}
      isCurrent={isCurrent}
    >
      {texts.lists.names[list]}
    </PageLink>
  );
}
