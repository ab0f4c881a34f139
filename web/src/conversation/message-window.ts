import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { isGone } from '../api/api-problem.ts';
import { api, bodyOf } from '../api/client.ts';
import type { Message, MessagesPage } from '../api/types.ts';

const PAGE = 50;
/** Pages that are kept, at most: a conversation may have a hundred thousand messages. */
const MOST_PAGES = 8;

/** The messages of one sender that are loaded: some pages in a row, which grow at both ends. */
export interface MessageWindow {
  /** The oldest first; undefined until something is loaded. */
  messages: ReadonlySignal<readonly Message[] | undefined>;
  /** Whether nothing precedes, and whether nothing follows. */
  isFirst: ReadonlySignal<boolean>;
  isLatest: ReadonlySignal<boolean>;
  /** Shows the latest messages, instead of what is loaded. */
  loadLatest(): Promise<void>;
  /** Shows what was received until a time, instead of what is loaded. */
  loadUntil(receivedAt: string): Promise<void>;
  loadOlder(): Promise<void>;
  loadNewer(): Promise<void>;
  /**
   * Adds what has arrived since, if the latest messages are loaded.
   *
   * @returns their sids
   */
  loadArrivals(): Promise<string[]>;
  /** Reads one message again, if it is loaded. */
  refresh(sid: string): Promise<void>;
  close(): void;
}

/** All of its functions throw `ApiProblem`; what is being loaded is not loaded twice. */
export function createMessageWindow(of: { from: string; to?: string }): MessageWindow {
  /** The newest first, as the API has them. */
  const pages = signal<readonly MessagesPage[] | undefined>(undefined);
  const isLatest = signal(false);
  const closed = new AbortController();
  const loading = new Map<string, Promise<unknown>>();

  async function read(more: { cursor?: string; receivedBefore?: string }): Promise<MessagesPage> {
    const query = { ...of, limit: PAGE, ...more };
    const options = { params: { query }, signal: closed.signal };
    return bodyOf(await api.GET('/api/v1/messages', options));
  }

  function once<T>(name: string, load: () => Promise<T>): Promise<T> {
    const running = loading.get(name) as Promise<T> | undefined;
    if (running !== undefined) return running;
    const started = load().finally(() => loading.delete(name));
    loading.set(name, started);
    return started;
  }

  function replace(sid: string, by: Message): void {
    pages.value = pages.value?.map((page) => ({
      ...page,
      items: page.items.map((message) => (message.sid === sid ? by : message)),
    }));
  }

  async function loadLatest(): Promise<void> {
    pages.value = [await read({})];
    isLatest.value = true;
  }

  return {
    messages: computed(() => pages.value?.flatMap(({ items }) => items).reverse()),
    isFirst: computed(() => pages.value !== undefined && !pages.value.at(-1)?.nextCursor),
    isLatest,
    loadLatest: () => once('latest', loadLatest),
    loadUntil: (receivedAt) =>
      once('until', async () => {
        const after = new Date(Date.parse(receivedAt) + 1).toISOString();
        const page = await read({ receivedBefore: after });
        if (page.items.length === 0) return loadLatest();
        // Together with what follows, so that the list can be scrolled to that time.
        const cursor = page.previousCursor;
        const newer = cursor === null ? undefined : await read({ cursor });
        pages.value = newer && newer.items.length > 0 ? [newer, page] : [page];
        isLatest.value = !newer?.previousCursor;
      }),
    loadOlder: () =>
      once('older', async () => {
        const before = pages.value;
        const cursor = before?.at(-1)?.nextCursor;
        if (!cursor) return;
        const page = await read({ cursor });
        // Something else was loaded meanwhile.
        if (pages.value?.at(-1)?.nextCursor !== cursor) return;
        const all = [...pages.value, page];
        if (all.length > MOST_PAGES) isLatest.value = false;
        pages.value = all.slice(-MOST_PAGES);
      }),
    loadNewer: () =>
      once('newer', async () => {
        if (isLatest.value) return;
        const cursor = pages.value?.[0]?.previousCursor;
        if (!cursor) return loadLatest();
        const page = await read({ cursor });
        if (pages.value?.[0]?.previousCursor !== cursor) return;
        if (page.items.length > 0) pages.value = [page, ...pages.value].slice(0, MOST_PAGES);
        isLatest.value = page.previousCursor === null || page.items.length === 0;
      }),
    loadArrivals: () =>
      once('arrivals', async () => {
        if (!isLatest.value) return [];
        const page = await read({});
        const [latest, ...others] = pages.value ?? [];
        if (!isLatest.value || latest === undefined) return [];
        const known = new Set(pages.value?.flatMap(({ items }) => items.map(({ sid }) => sid)));
        const fresh = page.items.filter(({ sid }) => !known.has(sid));
        if (fresh.length === 0) return [];
        // More than a page has arrived at once: those between are loaded by scrolling there.
        if (known.size > 0 && fresh.length === page.items.length) {
          isLatest.value = false;
          return fresh.map(({ sid }) => sid);
        }
        const items = [...fresh, ...latest.items].toSorted(byNewest);
        const { previousCursor } = page;
        pages.value = [{ ...latest, items, previousCursor }, ...others];
        return fresh.map(({ sid }) => sid);
      }),
    refresh: (sid) =>
      once(sid, async () => {
        const shown = pages.value?.flatMap(({ items }) => items).find((item) => item.sid === sid);
        if (shown === undefined) return;
        try {
          const path = { sid };
          const options = { params: { path }, signal: closed.signal };
          replace(sid, bodyOf(await api.GET('/api/v1/messages/{sid}', options)));
        } catch (error) {
          if (!isGone(error)) throw error;
          const nothing = { from: null, to: null, body: null, location: null, details: null };
          replace(sid, { ...shown, ...nothing, media: [], deletedAt: new Date().toISOString() });
        }
      }),
    close: () => closed.abort(),
  };
}

/** As the API orders them. */
function byNewest(a: Message, b: Message): number {
  if (a.receivedAt !== b.receivedAt) return a.receivedAt < b.receivedAt ? 1 : -1;
  return a.sid < b.sid ? 1 : -1;
}
