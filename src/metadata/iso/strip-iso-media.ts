import type { EditPlan } from '../../files/edit-plan.ts';
import type { ByteReader } from '../byte-reader.ts';
import { type Box, findHeader, type Span } from './box.ts';
import { cleanBoxes } from './clean-boxes.ts';
import { cleanItems } from './clean-items.ts';
import { cleanFragment, cleanMovie, type Movie } from './clean-movie.ts';
import { createOverlay, type Overlay } from './overlay.ts';

const KEPT = new Set(['ftyp', 'styp', 'sidx', 'ssix', 'pdin']);

/**
 * MP4, QuickTime, HEIF and AVIF: nothing moves, because the file names positions of its data. What is not needed
 * becomes free space and zeros: boxes, items and tracks of metadata, and all media data that no picture and no sound
 * refers to.
 *
 * @throws UnstrippableError
 */
export async function stripIsoMedia(reader: ByteReader): Promise<EditPlan> {
  const overlay = createOverlay(reader);
  const { boxes, end } = await readFile(reader);
  const spans: Span[] = [];
  const moov = boxes.find(({ type }) => type === 'moov');
  const movie = moov === undefined ? null : await cleanMovie(reader, moov, overlay);
  if (movie !== null) for (const span of movie.spans) spans.push(span);
  let meta: Box | null = null;
  for (const box of boxes) {
    if (box.type === 'meta' && meta === null && (await isOfPictures(reader, box))) {
      meta = box;
      for (const span of await cleanItems(reader, meta, overlay)) spans.push(span);
    } else if (box !== moov && box.type !== 'mdat') {
      for (const span of await cleanOther(movie, box, overlay)) spans.push(span);
    }
  }
  if (movie === null && meta === null) throw reader.damagedAt(0);
  clearData(reader, boxes, spans, overlay);
  return overlay.plan(end);
}

/** All boxes of the file. Once it has what it needs, what is no box is not part of it: a trailer. */
async function readFile(reader: ByteReader): Promise<{ boxes: Box[]; end: number }> {
  const boxes: Box[] = [];
  const types = new Set<string>();
  let at = 0;
  while (at < reader.byteSize) {
    const box = await findHeader(reader, at, reader.byteSize, true);
    const isComplete = types.has('mdat') && (types.has('moov') || types.has('meta'));
    if (box === null && !isComplete) throw reader.damagedAt(at);
    if (box === null) break;
    boxes.push(box);
    types.add(box.type);
    at = box.end;
  }
  return { boxes, end: at };
}

/** Whether its items are pictures: there are others, with tags. */
async function isOfPictures(reader: ByteReader, meta: Box): Promise<boolean> {
  // In QuickTime it has no version before its boxes: then this is none of them.
  const hdlr = await findHeader(reader, meta.body + 4, meta.end);
  if (hdlr?.type !== 'hdlr' || hdlr.end - hdlr.body < 12) return false;
  return (await reader.read(hdlr.body, 12)).toString('latin1', 8) === 'pict';
}

/** @returns where samples are */
async function cleanOther(movie: Movie | null, box: Box, overlay: Overlay): Promise<Span[]> {
  if (KEPT.has(box.type)) return [];
  if (movie !== null && box.type === 'moof') return cleanFragment(movie, box);
  if (movie !== null && box.type === 'mfra') await cleanBoxes(movie, box);
  else overlay.free(box);
  return [];
}

/** Zeros in the media data where no span is. */
function clearData(
  reader: ByteReader,
  boxes: readonly Box[],
  spans: readonly Span[],
  overlay: Overlay,
): void {
  const data = boxes.filter(({ type }) => type === 'mdat');
  const kept = spans.toSorted((a, b) => a.start - b.start);
  let next = 0;
  for (const { body, end } of data) {
    let position = body;
    for (; next < kept.length && (kept[next]?.start ?? 0) < end; next += 1) {
      const span = kept[next] as Span;
      if (span.start < body || span.end > end) throw reader.damagedAt(span.start);
      if (span.start > position) overlay.zero(position, span.start - position);
      position = Math.max(position, span.end);
    }
    overlay.zero(position, end - position);
  }
  const outside = kept[next];
  if (outside !== undefined) throw reader.damagedAt(outside.start);
}
