import type { ByteReader } from '../byte-reader.ts';
import { type Box, boxesWithin, type Span } from './box.ts';
import { type Cursor, createCursor } from './cursor.ts';

// Where the samples of a movie fragment are [ISO/IEC 14496-12, 8.8].

const MAX_RUN_BYTES = 4 * 1024 ** 2;

/** Default size of the samples of a track, in bytes, by its id. */
export type DefaultSizes = ReadonlyMap<number, number>;

/** One track in a fragment. */
export interface TrackFragment {
  box: Box;
  trackId: number;
  spans: Span[];
  /** Whether its samples follow those of the track fragment before it, wherever these end. */
  continues: boolean;
}

/** @throws UnstrippableError */
export async function readFragment(
  reader: ByteReader,
  moof: Box,
  defaultSizes: DefaultSizes,
): Promise<TrackFragment[]> {
  const fragments: TrackFragment[] = [];
  let end = moof.at;
  for await (const box of boxesWithin(reader, { start: moof.body, end: moof.end })) {
    if (box.type !== 'traf') continue;
    const fragment = await readTrack(reader, { box, moof, end, defaultSizes });
    fragments.push({ ...fragment, continues: fragment.continues && fragments.length > 0 });
    end = fragment.spans.at(-1)?.end ?? end;
  }
  return fragments;
}

async function readTrack(
  reader: ByteReader,
  context: { box: Box; moof: Box; end: number; defaultSizes: DefaultSizes },
): Promise<TrackFragment> {
  const { box, moof, end, defaultSizes } = context;
  let header: { trackId: number; base: number; size: number; continues: boolean } | null = null;
  const spans: Span[] = [];
  for await (const part of boxesWithin(reader, { start: box.body, end: box.end })) {
    if (part.type === 'tfhd') {
      const cursor = await open(reader, part);
      const flags = cursor.uint(4) & 0xffffff;
      const trackId = cursor.uint(4);
      const explicit = (flags & 1) === 0 ? null : cursor.uint(8);
      const isFromMoof = (flags & 0x20000) !== 0;
      const base = explicit ?? (isFromMoof ? moof.at : end);
      for (const flag of [2, 8]) if ((flags & flag) !== 0) cursor.take(4);
      const size = (flags & 0x10) === 0 ? (defaultSizes.get(trackId) ?? 0) : cursor.uint(4);
      header = { trackId, base, size, continues: explicit === null && !isFromMoof };
    }
    if (part.type !== 'trun') continue;
    if (header === null) throw reader.damagedAt(part.at);
    const cursor = await open(reader, part);
    spans.push(readRun(cursor, header, spans.at(-1)?.end ?? header.base));
  }
  if (header === null) throw reader.damagedAt(box.at);
  const { trackId, continues } = header;
  return { box, trackId, spans, continues };
}

/** @param previous where the run before it ends */
function readRun(
  cursor: Cursor,
  { base, size }: { base: number; size: number },
  previous: number,
): Span {
  const flags = cursor.uint(4) & 0xffffff;
  const count = cursor.uint(4);
  const start = (flags & 1) === 0 ? previous : base + (cursor.uint(4) | 0);
  if ((flags & 4) !== 0) cursor.take(4);
  if ((flags & 0x200) === 0) return { start, end: start + count * size };
  let end = start;
  for (let n = 0; n < count; n += 1) {
    if ((flags & 0x100) !== 0) cursor.take(4);
    end += cursor.uint(4);
    for (const flag of [0x400, 0x800]) if ((flags & flag) !== 0) cursor.take(4);
  }
  return { start, end };
}

async function open(reader: ByteReader, { at, body, end }: Box): Promise<Cursor> {
  if (end - body > MAX_RUN_BYTES) throw reader.tooManyParts();
  const bytes = await reader.read(body, end - body);
  return createCursor(bytes, () => reader.damagedAt(at));
}
