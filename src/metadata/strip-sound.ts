import type { EditPlan } from '../files/edit-plan.ts';
import type { ByteReader } from './byte-reader.ts';
import { createPieceList } from './piece-list.ts';

/** One frame of sound; `length` in bytes, with its header. */
interface Frame {
  length: number;
  /** What does not change within a recording, such as the sampling rate. */
  format: number;
}

type ReadFrame = (header: Buffer) => Frame | null;

const HEADER_BYTES = 7;
/** The first letter of `ID3`. */
const ID3_BYTE = 0x49;
/** How tags begin that follow the sound. */
const TAGS = /^(?:APETAGEX|TAG|LYRICSBEGIN)/;
const TAG_BYTES = 11;

/**
 * Keeps the frames of an MP3: tags (ID3, APE, Lyrics3), which programs write before and after them, are left out.
 *
 * @throws UnstrippableError
 */
export const stripMp3 = (reader: ByteReader) => keepFrames(reader, readMpegFrame);

/** Keeps the frames of AAC in ADTS, the same way. */
export const stripAac = (reader: ByteReader) => keepFrames(reader, readAdtsFrame);

/**
 * A frame counts when it follows another one, or is followed by one: in a tag there may be bytes that look like the
 * header of a frame. One that was cut short does not: it would reach into the tag that a program has added later.
 */
async function keepFrames(reader: ByteReader, readFrame: ReadFrame): Promise<EditPlan> {
  const list = createPieceList(reader);
  const soundEnd = await findSoundEnd(reader);
  let format: number | null = null;
  let isFollowing = false;

  async function frameAt(at: number): Promise<Frame | null> {
    const header = await reader.readSome(at, HEADER_BYTES);
    const frame = header.length < HEADER_BYTES ? null : readFrame(header);
    if (frame === null || at + frame.length > soundEnd) return null;
    return format === null || frame.format === format ? frame : null;
  }

  /** Whether what is here follows a whole frame: one that is cut short, a tag, or zeros. */
  async function isAfterFrames(at: number): Promise<boolean> {
    const bytes = await reader.readSome(at, TAG_BYTES);
    if (bytes.length >= HEADER_BYTES && readFrame(bytes) !== null) return true;
    return bytes[0] === 0 || TAGS.test(bytes.toString('latin1', 0, TAG_BYTES));
  }

  let last: { at: number; length: number } | null = null;
  for (let at = 0; at < soundEnd; ) {
    const tag = await id3Length(reader, at);
    const frame = tag > 0 ? null : await frameAt(at);
    if (last !== null && (tag > 0 || frame !== null || (await isAfterFrames(at)))) {
      list.keep(last.at, last.length);
    }
    last = null;
    if (frame !== null && !isFollowing) {
      const next = await frameAt(at + frame.length);
      isFollowing = next !== null && next.format === frame.format;
    }
    if (frame !== null && isFollowing) {
      format ??= frame.format;
      last = { at, length: frame.length };
      at += frame.length;
    } else {
      isFollowing = false;
      at = tag > 0 ? at + tag : await nextCandidate(reader, at + 1);
    }
  }
  if (last !== null) list.keep(last.at, last.length);
  if (list.byteSize === 0) throw reader.damagedAt(0);
  return list.plan();
}

/**
 * Where the tags begin that are found from the end of the file: ID3v1, and before it APE or Lyrics3.
 *
 * @see https://wiki.hydrogenaud.io/index.php?title=APEv2_specification
 */
async function findSoundEnd(reader: ByteReader): Promise<number> {
  let end = reader.byteSize;
  const before = async (length: number) =>
    length > end ? '' : (await reader.read(end - length, length)).toString('latin1');
  if ((await before(128)).startsWith('TAG')) end -= 128;
  const footer = await before(32);
  if (footer.startsWith('APETAGEX')) {
    const fields = Buffer.from(footer, 'latin1');
    const hasHeader = (fields.readUInt32LE(20) & 0x80000000) !== 0;
    end -= fields.readUInt32LE(12) + (hasHeader ? 32 : 0);
  }
  const [, digits] = /^(\d{6})LYRICS200$/.exec(await before(15)) ?? [];
  if (digits !== undefined) end -= Number(digits) + 15;
  return Math.max(0, end);
}

/** The next byte that may begin a frame or a tag. */
async function nextCandidate(reader: ByteReader, from: number): Promise<number> {
  const bytes = await reader.readSome(from, 1);
  const found = bytes.findIndex((byte) => byte === 0xff || byte === ID3_BYTE);
  return from + (found === -1 ? Math.max(1, bytes.length) : found);
}

/** Of an ID3v2 tag, with its header and footer; 0 when there is none [ID3v2.4, 3.1]. */
async function id3Length(reader: ByteReader, at: number): Promise<number> {
  const head = await reader.readSome(at, 10);
  if (head.length < 10 || head.toString('latin1', 0, 3) !== 'ID3') return 0;
  const size = head.subarray(6, 10).reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
  return 10 + size + ((head.readUInt8(5) & 0x10) === 0 ? 0 : 10);
}

// Kilobits a second by the index in the header [ISO/IEC 11172-3, 2.4.2.3; 13818-3, 2.4.2.3].
const BIT_RATES = {
  first: [
    [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  ],
  second: [
    [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  ],
} as const;
const SAMPLING_RATES = [44_100, 48_000, 32_000] as const;

/** MPEG-1, 2 and 2.5, layers I to III. */
function readMpegFrame(header: Buffer): Frame | null {
  const bits = header.readUInt32BE(0);
  const version = (bits >>> 19) & 3;
  const layer = 4 - ((bits >>> 17) & 3);
  if (bits >>> 21 !== 0x7ff || version === 1 || layer === 4) return null;
  const isFirst = version === 3;
  const rates = (isFirst ? BIT_RATES.first : BIT_RATES.second)[layer - 1];
  const kilobits = rates?.[((bits >>> 12) & 15) - 1];
  const full = SAMPLING_RATES[(bits >>> 10) & 3];
  if (kilobits === undefined || full === undefined) return null;
  const samplingRate = full / (isFirst ? 1 : version === 2 ? 2 : 4);
  const padding = (bits >>> 9) & 1;
  // Layer I counts in words of four bytes, and layer III of MPEG-2 has half as many samples.
  const perSecond = layer === 1 ? 12 : layer === 3 && !isFirst ? 72 : 144;
  const units = Math.floor((perSecond * kilobits * 1000) / samplingRate) + padding;
  return { length: layer === 1 ? units * 4 : units, format: bits & 0xfffe0c00 };
}

/** [ISO/IEC 14496-3, 1.A.2] */
function readAdtsFrame(header: Buffer): Frame | null {
  if ((header.readUInt16BE(0) & 0xfff6) !== 0xfff0) return null;
  const length = (header.readUInt32BE(3) >>> 13) & 0x1fff;
  // Object type, sampling rate and channels.
  return length < HEADER_BYTES ? null : { length, format: header.readUInt16BE(2) & 0xfdc0 };
}
