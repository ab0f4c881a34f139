import type { ByteReader } from '../byte-reader.ts';
import { type Box, findBox, type Span } from './box.ts';
import { createCursor } from './cursor.ts';

// Where the samples of a track are [ISO/IEC 14496-12, 8.7].

const MAX_TABLE_BYTES = 16 * 1024 ** 2;

/**
 * How much more the tables of a movie may have, all tracks together. They are read by the thread that answers webhooks.
 */
export interface TablesLeft {
  chunks: number;
  /** Entries that say how many samples the next chunks have. */
  runs: number;
  /** With a size each, which may take half a byte. */
  samples: number;
}

/**
 * An hour of video at 30 frames a second has 108,000 frames. Written with a chunk for each and one of sound between
 * them, which is the most that is usual, it has 216,000 chunks; cameras write one or two chunks a second. So many
 * samples are sixteen hours of video and sound.
 */
export function newTables(): TablesLeft {
  return { chunks: 300_000, runs: 300_000, samples: 4_000_000 };
}

/** Takes so many parts off what is left. @throws UnstrippableError when there are more */
type Take = (part: keyof TablesLeft, count: number) => void;

/** Of each sample, in bytes; one number when all are as large. */
type Sizes = { all: number; count: number } | { each: Uint32Array };

/**
 * The spans of the file that the samples of a track are in, one for each chunk.
 *
 * @param options.isSound whether its samples may be counted in another unit, as in older QuickTime files
 * @param options.left becomes less by what the track has
 * @throws UnstrippableError when the tables contradict each other, or there is too much in them
 */
export async function sampleSpans(
  reader: ByteReader,
  stbl: Box,
  { isSound, left }: { isSound: boolean; left: TablesLeft },
): Promise<Span[]> {
  const take: Take = (part, count) => {
    left[part] -= count;
    if (left[part] < 0) throw reader.tooManyParts();
  };
  const chunks = await readChunks(reader, stbl, take);
  const runs = await readRuns(reader, stbl, take);
  const sizes = await readSizes(reader, stbl, take);
  const count = 'each' in sizes ? sizes.each.length : sizes.count;
  const isCounted = isSound && 'all' in sizes && sizes.all === 1;
  const sound = isCounted ? await readSoundUnit(reader, stbl) : null;
  const spans: Span[] = [];
  let first = 0;
  let run = 0;
  for (const [n, start] of chunks.entries()) {
    while (run + 1 < runs.length && (runs[run + 1]?.firstChunk ?? 0) <= n + 1) run += 1;
    const next = Math.min(count, first + (runs[run]?.samples ?? 0));
    const end = start + (sound === null ? lengthOf(sizes, first, next) : sound(next - first));
    if (end > start) spans.push({ start, end });
    first = next;
  }
  if (first < count) throw reader.damagedAt(stbl.at);
  return spans;
}

function lengthOf(sizes: Sizes, first: number, next: number): number {
  if ('all' in sizes) return sizes.all * (next - first);
  let length = 0;
  for (let n = first; n < next; n += 1) length += sizes.each[n] ?? 0;
  return length;
}

async function readTable(reader: ByteReader, box: Box | null): Promise<Buffer | null> {
  if (box === null) return null;
  if (box.end - box.body > MAX_TABLE_BYTES) throw reader.tooManyParts();
  return reader.read(box.body, box.end - box.body);
}

async function readChunks(reader: ByteReader, stbl: Box, take: Take): Promise<number[]> {
  const wide = await findBox(reader, stbl, 'co64');
  const table = await readTable(reader, wide ?? (await findBox(reader, stbl, 'stco')));
  if (table === null) throw reader.damagedAt(stbl.at);
  const cursor = createCursor(table, () => reader.damagedAt(stbl.at));
  cursor.take(4);
  const count = cursor.uint(4);
  take('chunks', count);
  const offsets: number[] = [];
  for (let n = 0; n < count; n += 1) offsets.push(cursor.uint(wide === null ? 4 : 8));
  return offsets;
}

/** From which chunk on, counted from 1, each has so many samples. */
async function readRuns(reader: ByteReader, stbl: Box, take: Take) {
  const table = await readTable(reader, await findBox(reader, stbl, 'stsc'));
  if (table === null) throw reader.damagedAt(stbl.at);
  const cursor = createCursor(table, () => reader.damagedAt(stbl.at));
  cursor.take(4);
  const count = cursor.uint(4);
  take('runs', count);
  const runs: { firstChunk: number; samples: number }[] = [];
  for (let n = 0; n < count; n += 1) {
    runs.push({ firstChunk: cursor.uint(4), samples: cursor.uint(4) });
    cursor.take(4);
  }
  return runs;
}

async function readSizes(reader: ByteReader, stbl: Box, take: Take): Promise<Sizes> {
  const compact = await findBox(reader, stbl, 'stz2');
  const table = await readTable(reader, compact ?? (await findBox(reader, stbl, 'stsz')));
  if (table === null) throw reader.damagedAt(stbl.at);
  const cursor = createCursor(table, () => reader.damagedAt(stbl.at));
  cursor.take(4);
  const size = cursor.uint(4);
  const count = cursor.uint(4);
  if (compact === null && size > 0) return { all: size, count };
  take('samples', count);
  const bits = compact === null ? 32 : size;
  if (![4, 8, 16, 32].includes(bits)) throw reader.damagedAt(stbl.at);
  const packed = cursor.take(Math.ceil((count * bits) / 8));
  const each = new Uint32Array(count);
  for (let n = 0; n < count; n += 1) {
    if (bits === 4) each[n] = (packed.readUInt8(n >> 1) >> (n % 2 === 0 ? 4 : 0)) & 15;
    else each[n] = packed.readUIntBE((n * bits) / 8, bits / 8);
  }
  return { each };
}

/** Formats of sound without compression, of as many bits as their description says. */
const PLAIN = new Set(['raw ', 'NONE', 'twos', 'sowt', 'in24', 'in32', 'fl32', 'fl64', 'lpcm']);
/** Of one byte. */
const LOGARITHMIC = new Set(['alaw', 'ulaw']);

/**
 * In QuickTime a sample of sound is one moment of it, whose table of sizes may say 1 whatever it takes; the
 * description of the format says more [QuickTime File Format, Sound sample descriptions].
 *
 * @returns how many bytes so many samples take
 * @throws UnstrippableError when it is not known
 */
async function readSoundUnit(reader: ByteReader, stbl: Box): Promise<(samples: number) => number> {
  const stsd = await findBox(reader, stbl, 'stsd');
  if (stsd === null || stsd.end - stsd.body < 8 + 36) throw reader.damagedAt(stbl.at);
  const fields = await reader.read(stsd.body + 8, Math.min(72, stsd.end - stsd.body - 8));
  const format = fields.toString('latin1', 4, 8);
  const version = fields.readUInt16BE(16);
  const channels = fields.readUInt16BE(24);
  const bits = fields.readUInt16BE(26);
  const [perPacket, packetBytes] =
    version === 1 && fields.length >= 52
      ? [fields.readUInt32BE(36), fields.readUInt32BE(44)]
      : version === 2 && fields.length >= 72
        ? [fields.readUInt32BE(68), fields.readUInt32BE(64)]
        : [0, 0];
  if (perPacket > 0) return (samples) => Math.ceil(samples / perPacket) * packetBytes;
  const isKnown = PLAIN.has(format) || LOGARITHMIC.has(format);
  if (!isKnown || channels === 0) throw reader.damagedAt(stsd.at);
  const sampleBytes = LOGARITHMIC.has(format) ? 1 : Math.ceil(bits / 8);
  return (samples) => samples * channels * sampleBytes;
}
