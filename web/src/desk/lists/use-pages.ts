import { useEffect, useRef, useState } from 'preact/hooks';
import { keepFresh } from '../keep-fresh.ts';

/** One page of a list of the API. */
export interface ListPage<T> {
  items: T[];
  nextCursor: string | null;
}

export type ReadPage<T> = (query: { limit: number; cursor?: string }) => Promise<ListPage<T>>;

/** A list that is read page by page. */
export interface Pages<T> {
  /** Undefined until the first page was read. */
  items: readonly T[] | undefined;
  hasMore: boolean;
  isLoading: boolean;
  /** Why the last request did not work. */
  problem: Error | undefined;
  loadMore(): Promise<void>;
  /** Reads again what is shown. */
  refresh(): Promise<void>;
}

const PAGE = 50;
/** The most that the API gives at once. */
const MOST = 200;

interface State<T> {
  items?: readonly T[];
  cursor: string | null;
  isLoading: boolean;
  problem?: Error;
}

/**
 * Reads a list while a part of the page is shown.
 *
 * @param key what is listed; another list begins anew
 * @param isLive whether it is read again from time to time
 */
export function usePages<T extends { id: string }>(
  key: string,
  read: ReadPage<T>,
  { isLive = false }: { isLive?: boolean } = {},
): Pages<T> {
  const [state, setState] = useState<State<T>>({ cursor: null, isLoading: true });
  const now = useRef(state);
  const reading = useRef(0);

  function set(next: State<T>): void {
    now.current = next;
    setState(next);
  }

  /** The answer to an earlier request, or of another list, is not used. */
  async function load(
    query: { limit: number; cursor?: string },
    join: (page: ListPage<T>) => Pick<State<T>, 'items' | 'cursor'>,
  ): Promise<void> {
    reading.current += 1;
    const own = reading.current;
    set({ ...now.current, isLoading: true });
    try {
      const page = await read(query);
      if (own === reading.current) set({ ...join(page), isLoading: false });
    } catch (problem) {
      if (own !== reading.current) return;
      const { items, cursor } = now.current;
      set({ ...(items && { items }), cursor, isLoading: false, problem: problem as Error });
    }
  }

  async function refresh(): Promise<void> {
    const { items: known = [], cursor } = now.current;
    const limit = Math.min(Math.max(known.length, PAGE), MOST);
    await load({ limit }, ({ items, nextCursor }) => {
      // What is behind the last one was read before, and stays.
      const last = nextCursor === null ? undefined : items.at(-1)?.id;
      const place = known.findIndex(({ id }) => id === last);
      const isBehind = place >= 0 && place + 1 < known.length;
      return isBehind
        ? { items: [...items, ...known.slice(place + 1)], cursor }
        : { items, cursor: nextCursor };
    });
  }

  useEffect(() => {
    now.current = { cursor: null, isLoading: true };
    setState(now.current);
    const readAgain = async () => {
      // Somebody waits for what comes after it.
      if (now.current.items === undefined || !now.current.isLoading) await refresh();
    };
    const end = isLive ? keepFresh(readAgain) : undefined;
    if (!isLive) void refresh();
    return () => {
      end?.();
      reading.current += 1;
    };
  }, [key]);

  return {
    items: state.items,
    hasMore: state.cursor !== null,
    isLoading: state.isLoading,
    problem: state.problem,
    refresh,
    async loadMore() {
      const { items: known = [], cursor } = now.current;
      if (cursor === null) return;
      await load({ limit: PAGE, cursor }, ({ items, nextCursor }) => ({
        items: [...known, ...items],
        cursor: nextCursor,
      }));
    },
  };
}
