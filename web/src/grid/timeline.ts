import type { MediaBucket, MediaItem } from '../api/types.ts';
import { compareItems, itemAspect } from './item-order.ts';
import { estimateHeight, type Layout, layOut, type Metrics, stack } from './rows.ts';
import {
  type Chunk,
  createEmptyDay,
  createSection,
  HEADING_HEIGHT,
  isLastOfDay,
  type Section,
} from './sections.ts';

// The list as days, each with its attachments in chunks, and where in pixels all of them are. What is not loaded has an
// estimated height.

export interface Timeline {
  readonly sections: readonly Section[];
  /** All of them in order. */
  readonly chunks: readonly Chunk[];
  readonly height: number;
  readonly metrics: Metrics;
  /** Adds older days. */
  append(buckets: readonly MediaBucket[]): void;
  setMetrics(metrics: Metrics): void;
  setItems(chunk: Chunk, items: MediaItem[]): void;
  /** Forgets the attachments; their place stays as high as it was. */
  unload(chunk: Chunk): void;
  /**
   * Puts another version of attachments in the place of theirs.
   *
   * @param mayMove whether rows are laid out anew for those whose size is known now
   */
  update(items: readonly MediaItem[], mayMove: boolean): void;
  /**
   * Adds attachments that have arrived; what they change is laid out once.
   *
   * @param keepRows whether the rows that are there stay, because they may be read: what is newer gets rows above them
   * @returns false when the place of one is not loaded: it may be counted already
   */
  insert(items: readonly MediaItem[], keepRows: boolean): boolean;
  /** Lays those out with the others that have rows of their own. */
  joinArrived(): void;
  /** Where an attachment is, if it is loaded. */
  find(sid: string): { chunk: Chunk; index: number } | undefined;
  /** The one that a place in the list is in. */
  sectionAt(position: number): Section | undefined;
  chunkAt(position: number): Chunk | undefined;
}

export function createTimeline(first: Metrics): Timeline {
  let metrics = first;
  let height = 0;
  const sections: Section[] = [];
  let chunks: Chunk[] = [];
  const chunkOf = new Map<string, Chunk>();

  function place(): void {
    height = 0;
    chunks = [];
    for (const section of sections) {
      section.top = height;
      height += HEADING_HEIGHT;
      for (const chunk of section.chunks) {
        chunk.top = height;
        height += chunk.height;
        chunks.push(chunk);
      }
    }
  }

  function layOutChunk(chunk: Chunk): void {
    if (chunk.items === undefined) {
      chunk.layout = undefined;
      chunk.height = estimateHeight(chunk.count, metrics);
      return;
    }
    chunk.aspects = chunk.items.map(itemAspect);
    chunk.arrived = 0;
    setLayout(chunk, layOut(chunk.aspects, metrics, isLastOfDay(chunk)));
  }

  /** Gives those that have arrived rows above the others, which stay as they are. */
  function layOutArrived(chunk: Chunk, items: MediaItem[], arrived: number): void {
    const known = chunk.aspects.slice(chunk.arrived);
    const added = items.slice(0, arrived).map(itemAspect);
    chunk.aspects = [...added, ...known];
    chunk.arrived = arrived;
    const others = layOut(known, metrics, isLastOfDay(chunk));
    setLayout(chunk, stack(layOut(added, metrics, true), others));
  }

  function setLayout(chunk: Chunk, layout: Layout): void {
    chunk.layout = layout;
    chunk.height = layout.height;
  }

  function putItems(chunk: Chunk, items: MediaItem[]): void {
    for (const { sid } of chunk.items ?? []) chunkOf.delete(sid);
    for (const { sid } of items) chunkOf.set(sid, chunk);
    chunk.items = items;
    chunk.section.count += items.length - chunk.count;
    chunk.count = items.length;
  }

  function find(sid: string) {
    const chunk = chunkOf.get(sid);
    const index = chunk?.items?.findIndex((item) => item.sid === sid) ?? -1;
    return chunk && index >= 0 ? { chunk, index } : undefined;
  }

  /** The one that an attachment belongs into, of a day that may be new. */
  function chunkFor(item: MediaItem): Chunk | undefined {
    let section = sections.find(({ from }) => from <= item.receivedAt);
    if (section === undefined || item.receivedAt >= section.to) {
      const created = createEmptyDay(item.receivedAt);
      sections.splice(section ? sections.indexOf(section) : sections.length, 0, created);
      section = created;
    }
    return (
      section.chunks.findLast(
        ({ items: [first] = [] }) => first !== undefined && compareItems(first, item) < 0,
      ) ?? section.chunks[0]
    );
  }

  return {
    get sections() {
      return sections;
    },
    get chunks() {
      return chunks;
    },
    get height() {
      return height;
    },
    get metrics() {
      return metrics;
    },
    append(buckets) {
      sections.push(...buckets.map((bucket) => createSection(bucket, metrics)));
      place();
    },
    setMetrics(next) {
      metrics = next;
      for (const chunk of chunks) layOutChunk(chunk);
      place();
    },
    setItems(chunk, items) {
      putItems(chunk, items);
      layOutChunk(chunk);
      place();
    },
    unload(chunk) {
      for (const { sid } of chunk.items ?? []) chunkOf.delete(sid);
      chunk.items = undefined;
      chunk.layout = undefined;
    },
    update(items, mayMove) {
      const misfits = new Set<Chunk>();
      for (const item of items) {
        const found = find(item.sid);
        if (found?.chunk.items === undefined) continue;
        const { chunk, index } = found;
        chunk.items = found.chunk.items.with(index, item);
        if (itemAspect(item) !== chunk.aspects[index]) misfits.add(chunk);
      }
      if (!mayMove || misfits.size === 0) return;
      for (const chunk of misfits) layOutChunk(chunk);
      place();
    },
    insert(arrived, keepRows) {
      const changed = new Map<Chunk, MediaItem[]>();
      let isComplete = true;
      for (const item of arrived) {
        const chunk = chunkFor(item);
        if (chunk?.items === undefined) {
          isComplete = false;
          continue;
        }
        changed.set(chunk, [...(changed.get(chunk) ?? []), item]);
      }
      for (const [chunk, added] of changed) {
        const before = chunk.items ?? [];
        const items = [...before, ...added].toSorted(compareItems);
        const count = chunk.arrived + added.length;
        // Not so for what came out of order, behind some that are read.
        const isAbove = items[count] === before[chunk.arrived];
        putItems(chunk, items);
        if (keepRows && isAbove && before.length > 0) layOutArrived(chunk, items, count);
        else layOutChunk(chunk);
      }
      place();
      return isComplete;
    },
    joinArrived() {
      for (const chunk of chunks) if (chunk.arrived > 0) layOutChunk(chunk);
      place();
    },
    find,
    sectionAt: (position) => lastBefore(sections, position),
    chunkAt: (position) => lastBefore(chunks, position),
  };
}

/** The last one that begins at or above a place, or the first one. */
function lastBefore<T extends { top: number }>(sorted: readonly T[], position: number) {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((sorted[middle]?.top ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return sorted[low];
}
