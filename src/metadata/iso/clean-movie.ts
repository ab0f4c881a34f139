import { type ByteReader, UnstrippableError } from '../byte-reader.ts';
import { type Box, boxesWithin, findBox, findHeader, readBox, type Span } from './box.ts';
import { type Cleaning, cleanBoxes } from './clean-boxes.ts';
import { createCursor } from './cursor.ts';
import { type DefaultSizes, readFragment } from './fragment-spans.ts';
import type { Overlay } from './overlay.ts';
import { newTables, sampleSpans } from './sample-spans.ts';

/** What is left of a movie. */
export interface Movie extends Cleaning {
  defaultSizes: DefaultSizes;
  /** Where its samples are. */
  spans: Span[];
}

/**
 * Pictures and sound, also those of image sequences. Tracks of text go, as do those of timed metadata: drones and
 * dashboard cameras write their position as subtitles.
 */
const KEPT_HANDLERS = new Set(['vide', 'soun', 'pict', 'auxv']);

/** Formats whose name in the file says nothing about how they are coded. */
const CODED =
  /^(avc[1-4]|hev1|hvc1|dvh1|dvhe|av01|vp0[89]|vvc1|vvi1|mp4v|[sh]263|apc[nhso]|ap4[hx])$/;
/** Others without places for metadata. Of those that are not listed, JPEG and PNG have many names, and DV has times. */
const OTHERS = new Set([
  ...['mp1v', 'mp2v', 'mpeg', 'm1v1', 'm2v1', 'h261', 'H263', 'XVID', 'DIVX', 'DX50', 'FMP4'],
  ...['SVQ1', 'SVQ3', 'cvid', 'rle ', 'raw ', 'rpza', 'smc ', '8BPS', 'icod', 'CFHD', 'AVdn'],
  ...['2vuy', 'yuv2', 'v210', 'v308', 'v408', 'v410', 'hev2', 'hvc2', 'evc1', 'lhv1', 'lhe1'],
]);
/** Video of MPEG: others of its descriptors are JPEG and PNG [mp4ra.org, object types]. */
const MPEG_VIDEO = new Set([0x20, 0x21, 0x23, 0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x6a]);
/** With the name of who bought it [Apple FairPlay], or their own places for it. */
const ENCRYPTED = new Set(['encv', 'enca', 'drmi', 'drms']);
const NOT_NEEDED = new Set(['uuid', 'udta', 'meta', 'free', 'skip']);
/** Of the description of a video format, before its boxes. */
const VIDEO_BYTES = 86;

/** @throws UnstrippableError */
export async function cleanMovie(reader: ByteReader, moov: Box, overlay: Overlay): Promise<Movie> {
  const removed = new Set<number>();
  const trackIds = new Set<number>();
  const spans: Span[] = [];
  const left = newTables();
  for await (const trak of boxesWithin(reader, { start: moov.body, end: moov.end })) {
    if (trak.type !== 'trak') continue;
    const { id, handler, stbl } = await readTrack(reader, trak);
    if (stbl === null || !KEPT_HANDLERS.has(handler)) {
      removed.add(trak.at);
      continue;
    }
    trackIds.add(id);
    await cleanFormats(reader, stbl, handler, overlay);
    const isSound = handler === 'soun';
    for (const span of await sampleSpans(reader, stbl, { isSound, left })) spans.push(span);
  }
  const defaultSizes = await readDefaultSizes(reader, moov, trackIds, removed);
  const cleaning = { reader, overlay, removed, trackIds };
  await cleanBoxes(cleaning, moov);
  return { ...cleaning, defaultSizes, spans };
}

/** Cleans a fragment of a movie. @returns where its samples are */
export async function cleanFragment(movie: Movie, moof: Box): Promise<Span[]> {
  const { reader, trackIds, defaultSizes } = movie;
  const removed = new Set<number>();
  const spans: Span[] = [];
  let isAfterRemoved = false;
  for (const track of await readFragment(reader, moof, defaultSizes)) {
    const isKept = trackIds.has(track.trackId);
    // Without the one before it, its samples would be searched elsewhere.
    if (isKept && track.continues && isAfterRemoved) throw reader.damagedAt(track.box.at);
    isAfterRemoved = !isKept;
    if (!isKept) removed.add(track.box.at);
    else for (const span of track.spans) spans.push(span);
  }
  await cleanBoxes({ ...movie, removed }, moof);
  return spans;
}

async function readTrack(
  reader: ByteReader,
  trak: Box,
): Promise<{ id: number; handler: string; stbl: Box | null }> {
  const tkhd = await findBox(reader, trak, 'tkhd');
  const hdlr = await findBox(reader, trak, 'mdia', 'hdlr');
  if (tkhd === null || hdlr === null) throw reader.damagedAt(trak.at);
  const header = await reader.read(tkhd.body, 24);
  return {
    id: header.readUInt32BE(header.readUInt8(0) === 1 ? 20 : 12),
    handler: (await reader.read(hdlr.body, 12)).toString('latin1', 8),
    stbl: await findBox(reader, trak, 'mdia', 'minf', 'stbl'),
  };
}

/** Clears the names of makers and programs in the descriptions of the formats. */
async function cleanFormats(
  reader: ByteReader,
  stbl: Box,
  handler: string,
  overlay: Overlay,
): Promise<void> {
  const stsd = await findBox(reader, stbl, 'stsd');
  if (stsd === null) throw reader.damagedAt(stbl.at);
  for await (const format of boxesWithin(reader, { start: stsd.body + 8, end: stsd.end })) {
    const { at, end, type } = format;
    if (ENCRYPTED.has(type)) throw new UnstrippableError('The file is encrypted');
    if (handler !== 'soun' && !CODED.test(type) && !OTHERS.has(type)) throw framesAreFiles();
    if (end - at < (handler === 'soun' ? 36 : VIDEO_BYTES)) throw reader.damagedAt(at);
    // The vendor.
    overlay.zero(at + 20, 4);
    if (handler === 'soun') {
      await cleanSound(reader, format, overlay);
      continue;
    }
    if (CODED.test(type)) overlay.zero(at + 50, 32);
    await freeWithin(reader, { start: at + VIDEO_BYTES, end }, overlay);
  }
}

/** In the boxes of a sound format: there are more forms of them than are described, which stay. */
async function cleanSound(reader: ByteReader, { at, end }: Box, overlay: Overlay): Promise<void> {
  const version = (await reader.read(at + 16, 2)).readUInt16BE();
  // QuickTime has two more versions. MP4 has one of the same number, without its fields.
  const fields = version === 1 ? 16 : version === 2 ? 36 : 0;
  const isLong = (await findHeader(reader, at + 36 + fields, end)) !== null;
  for (let next = at + 36 + (isLong ? fields : 0); next < end; ) {
    const box = await findHeader(reader, next, end);
    if (box === null) break;
    if (NOT_NEEDED.has(box.type)) overlay.free(box);
    if (box.type === 'dfLa') await clearFlacBlocks(reader, box, overlay);
    next = box.end;
  }
}

/** Comments and pictures of FLAC become padding: only the first block, STREAMINFO, is needed [RFC 9639, 8.1]. */
async function clearFlacBlocks(reader: ByteReader, { at, body, end }: Box, overlay: Overlay) {
  for (let block = body + 4; block < end; ) {
    const head = (await reader.read(block, 4)).readUInt32BE();
    const length = head & 0xffffff;
    const next = block + 4 + length;
    if (next > end) throw reader.damagedAt(at);
    const type = (head >>> 24) & 0x7f;
    if (type !== 0) {
      overlay.write(block, Buffer.from([((head >>> 24) & 0x80) | 1]));
      overlay.zero(block + 4, length);
    }
    block = next;
  }
}

async function freeWithin(reader: ByteReader, { start, end }: Span, overlay: Overlay) {
  // QuickTime ends such a list with four zeros.
  for (let at = start; at + 8 <= end; ) {
    const box = await readBox(reader, at, end);
    if (NOT_NEEDED.has(box.type)) overlay.free(box);
    if (box.type === 'esds' && !MPEG_VIDEO.has(await readObjectType(reader, box))) {
      throw framesAreFiles();
    }
    at = box.end;
  }
}

function framesAreFiles(): UnstrippableError {
  return new UnstrippableError('Its frames have a format that may have metadata of its own');
}

/** What the samples are, as a descriptor of MPEG-4 says [ISO/IEC 14496-1, 7.2.6.5 and 7.2.6.6]. */
async function readObjectType(reader: ByteReader, { at, body, end }: Box): Promise<number> {
  const bytes = await reader.read(body + 4, Math.max(0, Math.min(end - body - 4, 300)));
  const cursor = createCursor(bytes, () => reader.damagedAt(at));
  const enter = (tag: number) => {
    if (cursor.uint(1) !== tag) throw reader.damagedAt(at);
    // Its length: seven bits in a byte, and whether another one follows.
    while ((cursor.uint(1) & 0x80) !== 0);
  };
  enter(3);
  cursor.take(2);
  const flags = cursor.uint(1);
  if ((flags & 0x80) !== 0) cursor.take(2);
  if ((flags & 0x40) !== 0) cursor.take(cursor.uint(1));
  if ((flags & 0x20) !== 0) cursor.take(2);
  enter(4);
  return cursor.uint(1);
}

/** Marks those of removed tracks. */
async function readDefaultSizes(
  reader: ByteReader,
  moov: Box,
  trackIds: ReadonlySet<number>,
  removed: Set<number>,
): Promise<DefaultSizes> {
  const sizes = new Map<number, number>();
  const mvex = await findBox(reader, moov, 'mvex');
  if (mvex === null) return sizes;
  for await (const trex of boxesWithin(reader, { start: mvex.body, end: mvex.end })) {
    if (trex.type !== 'trex') continue;
    const fields = await reader.read(trex.body, 24);
    const id = fields.readUInt32BE(4);
    sizes.set(id, fields.readUInt32BE(16));
    if (!trackIds.has(id)) removed.add(trex.at);
  }
  return sizes;
}
