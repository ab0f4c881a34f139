import { ApiProblem, isGone } from '../api/api-problem.ts';
import { api, bodyOf } from '../api/client.ts';
import type { MediaItem } from '../api/types.ts';
import { queryOf } from '../find/filter.ts';
import { notify, notifyError } from '../frame/announcements.tsx';
import { strings } from '../strings.ts';
import type { GridModel } from './grid-model.ts';
import { readChunk } from './read-timeline.ts';
import type { Chunk } from './sections.ts';

/** Keeps the tiles that are loaded as their attachments are. */
export interface ItemUpdates {
  /** Something of an attachment has changed: it is read again, with others, within a second. */
  add(sid: string): void;
  /** It was deleted. */
  markDeleted(sid: string): void;
  /** Has the server fetch one again that has failed. */
  retry(sid: string): Promise<void>;
  stop(): void;
}

const EVERY_MS = 1000;
/** As many are read one by one; of more, the chunks that they are in. */
const ONE_BY_ONE = 4;

export function createItemUpdates(model: GridModel): ItemUpdates {
  const waiting = new Set<string>();
  let timer: number | undefined;
  let lastAt = Number.NEGATIVE_INFINITY;
  let isEnded = false;

  function schedule(): void {
    const wait = Math.max(50, lastAt + EVERY_MS - performance.now());
    timer ??= window.setTimeout(() => void run(), wait);
  }

  async function run(): Promise<void> {
    const sids = [...waiting].filter((sid) => model.timeline.find(sid));
    waiting.clear();
    try {
      if (sids.length === 0) return;
      const items = sids.length <= ONE_BY_ONE ? await readEach(sids) : await readChunksOf(sids);
      // Elsewhere, what is read keeps its place.
      const mayMove = model.place.position === 0;
      model.change((timeline) => timeline.update(items, mayMove));
    } catch (error) {
      // Without an answer of use, they are tried again.
      if (error instanceof ApiProblem && (error.status === 0 || error.status >= 500)) {
        for (const sid of sids) waiting.add(sid);
      } else notifyError(error);
    } finally {
      timer = undefined;
      lastAt = performance.now();
      if (waiting.size > 0 && !isEnded) schedule();
    }
  }

  function readEach(sids: readonly string[]): Promise<MediaItem[]> {
    return Promise.all(sids.map(readOne)).then((items) =>
      items.filter((item) => item !== undefined),
    );
  }

  async function readOne(sid: string): Promise<MediaItem | undefined> {
    try {
      return bodyOf(await api.GET('/api/v1/media/{sid}', { params: { path: { sid } } }));
    } catch (error) {
      if (isGone(error)) return withoutContent(sid);
      throw error;
    }
  }

  async function readChunksOf(sids: readonly string[]): Promise<MediaItem[]> {
    const chunks = new Set(sids.flatMap((sid) => model.timeline.find(sid)?.chunk ?? []));
    const { signal } = new AbortController();
    const items: MediaItem[] = [];
    for (const chunk of chunks) items.push(...(await readAgain(chunk, signal)));
    const found = new Set(items.map(({ sid }) => sid));
    // Those the list has no more: the filter may leave them out now, or they are gone.
    const missing = sids.filter((sid) => !found.has(sid)).slice(0, ONE_BY_ONE);
    return [...items, ...(await readEach(missing))];
  }

  function readAgain(chunk: Chunk, signal: AbortSignal): Promise<MediaItem[]> {
    return readChunk(chunk, queryOf(model.filter), signal);
  }

  /** A tile in the place of one that is gone. */
  function withoutContent(sid: string): MediaItem | undefined {
    const found = model.timeline.find(sid);
    const item = found?.chunk.items?.[found.index];
    return (
      item && { ...item, state: 'deleted', reason: null, preview: null, from: null, body: null }
    );
  }

  return {
    add(sid) {
      waiting.add(sid);
      schedule();
    },
    markDeleted(sid) {
      const item = withoutContent(sid);
      if (item) model.change((timeline) => timeline.update([item], false));
    },
    async retry(sid) {
      try {
        await api.POST('/api/v1/media/{sid}/retry', { params: { path: { sid } } });
        notify({ text: strings.grid.retrying });
      } catch (error) {
        // Somebody else was faster.
        if (!(error instanceof ApiProblem && error.code === 'conflict')) throw error;
      }
      this.add(sid);
    },
    stop() {
      isEnded = true;
      window.clearTimeout(timer);
    },
  };
}
