import type { EditPlan } from '../files/edit-plan.ts';
import type { ByteReader } from './byte-reader.ts';
import { orientationOf, orientationOnly } from './exif-orientation.ts';
import { createPieceList, type PieceList } from './piece-list.ts';

/** One chunk of a RIFF file; positions are those in the file. */
interface Chunk {
  type: string;
  at: number;
  /** Of its data, which begin 8 bytes after it. */
  length: number;
}

const HEADER_BYTES = 12;
const WEBP_CHUNKS = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
const FRAME_CHUNKS = new Set(['VP8 ', 'VP8L', 'ALPH']);
/** Position, size, duration and flags of a frame, before its chunks. */
const FRAME_BYTES = 16;
const HAS_EXIF = 0x08;
const HAS_XMP = 0x04;
const MAX_EXIF_BYTES = 1024 ** 2;
const WAVE_CHUNKS = new Set(['fmt ', 'fact', 'data']);

/**
 * Keeps the frames, their alpha channels and delays, and the colour profile [RFC 9649], and of the EXIF the
 * orientation.
 *
 * @throws UnstrippableError
 */
export async function stripWebp(reader: ByteReader): Promise<EditPlan> {
  const chunks = await readFile(reader, 'WEBP');
  const body = createPieceList(reader);
  const orientation = await readOrientation(reader, chunks);
  for (const chunk of chunks) {
    if (!WEBP_CHUNKS.has(chunk.type)) continue;
    if (chunk.type === 'VP8X') await writeFeatures(reader, body, chunk, orientation !== null);
    else if (chunk.type === 'ANMF') await writeFrame(reader, body, chunk);
    else keepChunk(body, chunk);
  }
  if (orientation !== null) {
    const exif = orientationOnly(orientation);
    body.write(Buffer.concat([chunkHead('EXIF', exif.length), exif]));
  }
  return riffFile(reader, 'WEBP', body);
}

/**
 * Keeps the sound of a WAV and what describes its format.
 *
 * @throws UnstrippableError
 */
export async function stripWave(reader: ByteReader): Promise<EditPlan> {
  const body = createPieceList(reader);
  for (const chunk of await readFile(reader, 'WAVE')) {
    if (WAVE_CHUNKS.has(chunk.type)) keepChunk(body, chunk);
  }
  return riffFile(reader, 'WAVE', body);
}

/** What follows the chunks is not read. */
async function readFile(reader: ByteReader, form: string): Promise<Chunk[]> {
  const header = await reader.read(0, HEADER_BYTES);
  const isForm = header.toString('latin1', 0, 4) + header.toString('latin1', 8) === `RIFF${form}`;
  const end = 8 + header.readUInt32LE(4);
  if (!isForm || end > reader.byteSize) throw reader.damagedAt(0);
  return readChunks(reader, HEADER_BYTES, end);
}

async function readChunks(reader: ByteReader, start: number, end: number): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  // Seven bytes are too few for a chunk: padding.
  for (let at = start; at + 8 <= end; ) {
    const head = await reader.read(at, 8);
    const length = head.readUInt32LE(4);
    if (at + 8 + length > end) throw reader.damagedAt(at);
    chunks.push({ type: head.toString('latin1', 0, 4), at, length });
    at += 8 + length + (length % 2);
  }
  return chunks;
}

/** Without `VP8X` decoders do not look for EXIF. */
async function readOrientation(
  reader: ByteReader,
  chunks: readonly Chunk[],
): Promise<number | null> {
  const exif = chunks.find(({ type }) => type === 'EXIF');
  const isExtended = chunks.some(({ type }) => type === 'VP8X');
  if (exif === undefined || !isExtended || exif.length > MAX_EXIF_BYTES) return null;
  return orientationOf(await reader.read(exif.at + 8, exif.length));
}

async function writeFeatures(
  reader: ByteReader,
  body: PieceList,
  { at, length }: Chunk,
  hasExif: boolean,
): Promise<void> {
  if (length !== 10) throw reader.damagedAt(at);
  const features = Buffer.from(await reader.read(at, 8 + length));
  const flags = features.readUInt8(8) & ~(HAS_EXIF | HAS_XMP);
  features.writeUInt8(flags | (hasExif ? HAS_EXIF : 0), 8);
  body.write(features);
}

async function writeFrame(reader: ByteReader, body: PieceList, { at, length }: Chunk) {
  if (length < FRAME_BYTES) throw reader.damagedAt(at);
  const start = at + 8 + FRAME_BYTES;
  const frame = createPieceList(reader);
  for (const chunk of await readChunks(reader, start, at + 8 + length)) {
    if (FRAME_CHUNKS.has(chunk.type)) keepChunk(frame, chunk);
  }
  body.write(chunkHead('ANMF', FRAME_BYTES + frame.byteSize));
  body.keep(at + 8, FRAME_BYTES);
  body.append(frame.plan());
}

/** With padding of its own to an even length. */
function keepChunk(body: PieceList, { at, length }: Chunk): void {
  body.keep(at, 8 + length);
  body.zeros(length % 2);
}

function chunkHead(type: string, length: number): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 0, 'latin1');
  head.writeUInt32LE(length, 4);
  return head;
}

function riffFile(reader: ByteReader, form: string, body: PieceList): EditPlan {
  if (body.byteSize === 0) throw reader.damagedAt(0);
  const file = createPieceList(reader);
  file.write(Buffer.concat([chunkHead('RIFF', 4 + body.byteSize), Buffer.from(form, 'latin1')]));
  file.append(body.plan());
  return file.plan();
}
