import { computed, signal } from '@preact/signals';
import {
  isListName,
  type ListAddress,
  readListFilter,
  writeListFilter,
} from './desk/lists/list-address.ts';
import {
  isQueueName,
  type QueueFilter,
  type QueueName,
  readQueueFilter,
  writeQueueFilter,
} from './desk/queue-filter.ts';
import { type Filter, readFilter, writeFilter } from './find/filter.ts';

// The address bar says what is shown: a filter, and the attachment that is open. Reload, Back and links to
// colleagues lead to the same.

export interface Address {
  page: 'grid' | 'conversation' | 'desk';
  /** Of the grid and the conversation. */
  filter: Filter;
  /** Of the desk: the one that is worked off; without it and `list`, the list of them. */
  queue?: { name: QueueName; filter: QueueFilter };
  /** Of the desk: the attachment whose story is told. */
  story?: string;
  /** Of the desk: one of its lists. */
  list?: ListAddress;
  /** Of the attachment that is open. */
  sid?: string;
}

export const address = signal(read());
export const filter = computed(() => address.value.filter);

/** Where an address is. */
export function hrefOf({ page, filter, queue, story, list, sid }: Address): string {
  if (page === 'desk') {
    if (story !== undefined) return `/desk/story/${story}`;
    if (list !== undefined) return withQuery(`/desk/${list.name}`, writeListFilter(list.filter));
    if (queue === undefined) return '/desk';
    return withQuery(`/desk/${queue.name}`, writeQueueFilter(queue.filter));
  }
  const path = sid !== undefined ? `/m/${sid}` : page === 'grid' ? '/' : '/conversation';
  return withQuery(path, writeFilter(filter));
}

function withQuery(path: string, query: string): string {
  return query === '' ? path : `${path}?${query}`;
}

/**
 * Shows something else.
 *
 * @param how `push`: Back leads here again; `replace`: it is the same place in the history
 */
export function go(to: Address, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState({ isWithinPage: true }, '', hrefOf(to));
  else history.replaceState(history.state, '', hrefOf(to));
  address.value = to;
}

/** Between going back and having come there. */
let isLeaving = false;

/**
 * Leaves what is open: goes back if it was opened in this page, as Back does.
 *
 * Asked twice at once, it goes back once.
 *
 * @param to shown instead if it was opened otherwise, such as by a link
 */
export function leave(to: Address): void {
  if (isLeaving) return;
  isLeaving = remembered('isWithinPage') === true;
  if (isLeaving) history.back();
  else go(to, 'replace');
}

/** What the page remembers with this place in the history, such as where it was scrolled to. */
export function remember(name: string, value: unknown): void {
  history.replaceState({ ...history.state, [name]: value }, '');
}

export function remembered(name: string): unknown {
  return history.state?.[name];
}

/** Follows Back and Forward. */
export function followHistory(): void {
  // The page does it: the browser does not know how high the list is.
  history.scrollRestoration = 'manual';
  tidy();
  window.addEventListener('popstate', () => {
    isLeaving = false;
    address.value = read();
    tidy();
  });
  // The browser may have kept the whole page, and shows it again.
  window.addEventListener('pageshow', () => {
    isLeaving = false;
  });
}

/** What of the filter is not understood is not left in the address, as if it were applied. */
function tidy(): void {
  const { search } = new URL(hrefOf(address.value), location.href);
  if (search === location.search) return;
  history.replaceState(history.state, '', location.pathname + search + location.hash);
}

function read(): Address {
  const { pathname, search } = location;
  const query = new URLSearchParams(search);
  const [, story] = /^\/desk\/story\/(ME[0-9a-f]{32})$/.exec(pathname) ?? [];
  if (story !== undefined) return { page: 'desk', filter: {}, story };
  const [, desk, part = ''] = /^\/(desk)(?:\/([a-z]+))?$/.exec(pathname) ?? [];
  if (desk !== undefined) {
    const place = { page: 'desk', filter: {} } as const;
    if (isListName(part)) {
      return { ...place, list: { name: part, filter: readListFilter(part, query) } };
    }
    if (!isQueueName(part)) return place;
    return { ...place, queue: { name: part, filter: readQueueFilter(query) } };
  }
  const filter = readFilter(query);
  const [, sid] = /^\/m\/(ME[0-9a-f]{32})$/.exec(pathname) ?? [];
  if (sid !== undefined) return { page: 'grid', filter, sid };
  return { page: pathname === '/conversation' ? 'conversation' : 'grid', filter };
}
