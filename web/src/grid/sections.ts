import type { MediaBucket, MediaItem } from '../api/types.ts';
import { estimateHeight, type Layout, type Metrics } from './rows.ts';

// Days, and the chunks that they are divided into.

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
  /** How many of them came while something below was read: they have rows of their own, and those keep theirs. */
  arrived: number;
  layout: Layout | undefined;
  /** In the list, in pixels. */
  top: number;
  height: number;
}

/** @param metrics for the estimated height of what is not loaded */
export function createSection({ from, to, count }: MediaBucket, metrics: Metrics): Section {
  const section: Section = { from, to, count, top: 0, chunks: [] };
  for (let index = 0; index * CHUNK_SIZE < count; index += 1) {
    const inChunk = Math.min(CHUNK_SIZE, count - index * CHUNK_SIZE);
    const chunk = createChunk(section, index, inChunk);
    section.chunks.push({ ...chunk, height: estimateHeight(inChunk, metrics) });
  }
  return section;
}

/** The local day that an instant is in, with a chunk to put attachments into. */
export function createEmptyDay(at: string): Section {
  const date = new Date(at);
  const start = (later: number) =>
    new Date(date.getFullYear(), date.getMonth(), date.getDate() + later).toISOString();
  const section: Section = { from: start(0), to: start(1), count: 0, top: 0, chunks: [] };
  section.chunks.push({ ...createChunk(section, 0, 0), items: [] });
  return section;
}

function createChunk(section: Section, index: number, count: number): Chunk {
  return {
    section,
    index,
    count,
    items: undefined,
    aspects: [],
    arrived: 0,
    layout: undefined,
    top: 0,
    height: 0,
  };
}

export function isLastOfDay({ index, section }: Chunk): boolean {
  return index === section.chunks.length - 1;
}
