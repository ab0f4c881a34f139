import type { MediaBucket, MediaItem } from '../api/types.ts';
import { compareItems, itemAspect } from './item-order.ts';
import { estimateHeight, type Layout, layOut, type Metrics } from './rows.ts';

// The list as days, each with its attachments in chunks, and where in pixels all of them are. What is not loaded has an
// estimated height.

/** At most as many attachments are laid out and loaded at once. */
export const CHUNK_SIZE = 100;
export const HEADING_HEIGHT = 48;

/** A day. */
export interface Section {
  /** ISO 8601: `receivedAfter` and `receivedBefore` of its attachments. */
  from: string;
  to: string;
  count: number;
  /** In the list, in pixels. */
  top: number;
  chunks: Chunk[];
}

export interface Chunk {
  section: Section;
  /** In its section. */
  index: number;
  /** How many attachments it has; those that were loaded once it was. */
  count: number;
  /** Undefined: not loaded. */
  items: MediaItem[] | undefined;
  /** Of the items, and as they were laid out: one whose size is known later keeps its place while it is seen. */
  aspects: number[];
  layout: Layout | undefined;
  /** In the list, in pixels. */
  top: number;
  height: number;
}

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
   * @returns false when the place of one is not loaded: it may be counted already
   */
  insert(items: readonly MediaItem[]): boolean;
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
    const isLast = chunk.index === chunk.section.chunks.length - 1;
    chunk.layout = layOut(chunk.aspects, metrics, isLast);
    chunk.height = chunk.layout.height;
  }

  function createSection({ from, to, count }: MediaBucket): Section {
    const section: Section = { from, to, count, top: 0, chunks: [] };
    for (let index = 0; index * CHUNK_SIZE < count; index += 1) {
      const inChunk = Math.min(CHUNK_SIZE, count - index * CHUNK_SIZE);
      section.chunks.push({
        section,
        index,
        count: inChunk,
        items: undefined,
        aspects: [],
        layout: undefined,
        top: 0,
        height: estimateHeight(inChunk, metrics),
      });
    }
    return section;
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
      const created = createSection({ ...dayOf(item.receivedAt), count: 0 });
      created.chunks.push({ ...emptyChunk(created), items: [] });
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
      sections.push(...buckets.map(createSection));
      place();
    },
    setMetrics(next) {
      metrics = next;
      for (const chunk of chunks) layOutChunk(chunk);
      place();
    },
    setItems(chunk, items) {
      for (const { sid } of chunk.items ?? []) chunkOf.delete(sid);
      for (const { sid } of items) chunkOf.set(sid, chunk);
      chunk.items = items;
      chunk.section.count += items.length - chunk.count;
      chunk.count = items.length;
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
    insert(arrived) {
      const changed = new Map<Chunk, MediaItem[]>();
      let isComplete = true;
      for (const item of arrived) {
        const chunk = chunkFor(item);
        if (chunk?.items === undefined) {
          isComplete = false;
          continue;
        }
        changed.set(chunk, [...(changed.get(chunk) ?? chunk.items), item]);
      }
      for (const [chunk, items] of changed) this.setItems(chunk, items.toSorted(compareItems));
      return isComplete;
    },
    find,
    sectionAt: (position) => lastBefore(sections, position),
    chunkAt: (position) => lastBefore(chunks, position),
  };
}

function emptyChunk(section: Section): Chunk {
  return {
    section,
    index: 0,
    count: 0,
    items: undefined,
    aspects: [],
    layout: undefined,
    top: 0,
    height: 0,
  };
}

/** The local day that an instant is in. */
function dayOf(at: string): { from: string; to: string } {
  const date = new Date(at);
  const start = (later: number) =>
    new Date(date.getFullYear(), date.getMonth(), date.getDate() + later).toISOString();
  return { from: start(0), to: start(1) };
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
