import { type Signal, signal } from '@preact/signals';
import { api, bodyOf } from '../api/client.ts';
import { type LiveEvent, onLiveEvent, onMissedEvents } from '../api/live-events.ts';
import type { MediaItem } from '../api/types.ts';
import { queryOf } from '../find/filter.ts';
import { announce } from '../frame/announcements.tsx';
import { onActEnd } from '../moderation/acts.ts';
import { strings } from '../strings.ts';
import type { GridModel } from './grid-model.ts';
import type { ItemUpdates } from './item-updates.ts';
import { CHUNK_SIZE } from './sections.ts';
import type { Timeline } from './timeline.ts';

// What comes in while the grid is open. At the top it slides in; elsewhere it is added above, where nobody looks, and a button
// says how many there are.

/** How often the list is asked at most, while much comes in. */
const EVERY_MS = 1000;
const FIRST_MS = 150;
const AFTER_FAILURE_MS = 4000;
const NEW_FOR_MS = 1500;
/** The part of today that is not divided: beyond it the list is read anew. */
const MAX_IN_CHUNK = 2 * CHUNK_SIZE;

export interface Arrivals {
  /** Arrived above what is seen, and not seen yet. */
  unseen: Signal<number>;
  /** Sids of those that slide in. */
  fresh: Signal<ReadonlySet<string>>;
  /** @returns ends it */
  follow(): () => void;
}

export function createArrivals(model: GridModel, updates: ItemUpdates): Arrivals {
  const unseen = signal(0);
  const fresh = signal<ReadonlySet<string>>(new Set());
  /** Sids of messages and attachments that may have come into the list. */
  const awaited = new Set<string>();
  let timer: number | undefined;
  let isEnded = false;
  /** Events were missed. */
  let isBehind = false;
  /** By a clock that nobody sets. */
  let lastAt = Number.NEGATIVE_INFINITY;

  function receive({ type, mediaSid, messageSid }: LiveEvent): void {
    const isShown = mediaSid !== undefined && model.timeline.find(mediaSid) !== undefined;
    const sid = mediaSid ?? messageSid;
    if (isShown) {
      if (type === 'media.deleted') updates.markDeleted(mediaSid);
      else updates.add(mediaSid);
      return;
    }
    // Tiles have the number of their message.
    if (mediaSid === undefined && type !== 'message.received') {
      for (const shown of shownOf(messageSid)) updates.add(shown);
    }
    if (sid !== undefined && !/\.(deleted|removed)$/.test(type)) {
      awaited.add(sid);
      schedule();
    }
  }

  /** @returns sids of the tiles of a message that are loaded */
  function shownOf(messageSid: string | undefined): string[] {
    return model.timeline.chunks
      .flatMap(({ items = [] }) => items)
      .filter((item) => item.messageSid === messageSid)
      .map(({ sid }) => sid);
  }

  function schedule(): void {
    const wait = Math.max(FIRST_MS, lastAt + EVERY_MS - performance.now());
    timer ??= window.setTimeout(() => void look(), wait);
  }

  async function look(): Promise<void> {
    // There is nothing to add to, and reading it again would lose its place.
    if (model.status.peek() === 'loading') {
      timer = undefined;
      return schedule();
    }
    const sids = new Set(awaited);
    const wasBehind = isBehind;
    awaited.clear();
    isBehind = false;
    try {
      // What arrives while it is read is looked for afterwards.
      if (wasBehind) await model.refresh();
      const query = { ...queryOf(model.filter), limit: CHUNK_SIZE };
      // Whether they match the filter is for the server to say.
      const { items } = bodyOf(await api.GET('/api/v1/media', { params: { query } }));
      const arrived = items.filter(
        ({ sid, messageSid }) =>
          (sids.has(sid) || sids.has(messageSid)) && model.timeline.find(sid) === undefined,
      );
      // More may have arrived than one answer has.
      const last = items.length < CHUNK_SIZE ? undefined : items.at(-1);
      if (arrived.length > 0) await add(arrived, last === undefined || !arrived.includes(last));
      lastAt = performance.now();
    } catch {
      // The connection is shown.
      for (const sid of sids) awaited.add(sid);
      isBehind ||= wasBehind;
      lastAt = performance.now() + AFTER_FAILURE_MS;
    } finally {
      timer = undefined;
      if ((awaited.size > 0 || isBehind) && !isEnded) schedule();
    }
  }

  /** @param isAll whether nothing else has arrived */
  async function add(arrived: readonly MediaItem[], isAll: boolean): Promise<void> {
    const isAtTop = model.isAtTop();
    const before = countOf(model.timeline);
    let isComplete = isAll && model.status.value === 'ready';
    if (isComplete) {
      model.change((timeline) => {
        isComplete = timeline.insert(arrived, !isAtTop);
      });
    }
    const newest = model.timeline.chunks[0];
    if (!isComplete || (newest && newest.count > MAX_IN_CHUNK)) await model.refresh();
    const count = isAll
      ? arrived.length
      : Math.max(arrived.length, countOf(model.timeline) - before);
    announce(strings.grid.arrived(count));
    if (isAtTop) slideIn(arrived);
    else unseen.value += count;
  }

  function slideIn(items: readonly MediaItem[]): void {
    fresh.value = new Set([...fresh.value, ...items.map(({ sid }) => sid)]);
    window.setTimeout(() => {
      fresh.value = new Set(
        [...fresh.value].filter((sid) => !items.some((item) => item.sid === sid)),
      );
    }, NEW_FOR_MS);
  }

  return {
    unseen,
    fresh,
    follow() {
      const ends = [
        onLiveEvent(receive),
        onActEnd((sid) => updates.add(sid)),
        onMissedEvents(() => {
          isBehind = true;
          schedule();
        }),
      ];
      return () => {
        isEnded = true;
        window.clearTimeout(timer);
        for (const end of ends) end();
      };
    },
  };
}

function countOf({ sections }: Timeline): number {
  return sections.reduce((sum, { count }) => sum + count, 0);
}
