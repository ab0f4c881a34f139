import { crc32, createInflate, createInflateRaw, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { REASONS, UndecodableError } from '../preview-kind.ts';
import { refuseTooManyPixels } from './decode-image.ts';
import { fromPicture, type Picture, toPicture } from './picture.ts';

const SIGNATURE_BYTES = 8;
// Length, type and checksum.
const CHUNK_OVERHEAD = 12;
const HEADER_BYTES = 13;
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** First pixel and step, across and down, of the passes of Adam7 interlacing [W3C PNG, 8.2]. */
const PASSES = [
  [0, 8, 0, 8],
  [4, 8, 0, 8],
  [0, 4, 4, 8],
  [2, 4, 0, 4],
  [0, 2, 2, 4],
  [1, 2, 0, 2],
  [0, 1, 1, 2],
] as const;
const WHOLE = [[0, 1, 0, 1]] as const;
const MAX_BYTES = 512 * 1024 * 1024;
// Chunks that determine how the pixels are decoded and oriented; the others are dropped.
const KEPT = new Set(['IHDR', 'PLTE', 'tRNS', 'iCCP', 'sRGB', 'gAMA', 'cHRM', 'cICP', 'eXIf']);

/** Whether a PNG is the variant that Apple's tools write for apps (`pngcrush -iphone`). */
export function isApplePng(bytes: Buffer): boolean {
  return bytes.toString('latin1', SIGNATURE_BYTES + 4, SIGNATURE_BYTES + 8) === 'CgBI';
}

/**
 * Rewrites a PNG with as many of its pixels as can be inflated; missing ones are zeros. Apple's variant
 * becomes a standard PNG except for its colours, which stay BGR and premultiplied.
 *
 * @returns null when there are no pixels
 * @throws UndecodableError for more pixels than are decoded, or more bytes than MAX_BYTES
 */
export async function rewritePng(bytes: Buffer): Promise<Buffer | null> {
  const kept: Buffer[] = [];
  const data: Buffer[] = [];
  let expected = 0;
  for (const { type, body } of chunks(bytes)) {
    if (type === 'IHDR' && body.length === HEADER_BYTES) expected = pixelBytes(body);
    if (type === 'IDAT') data.push(body);
    else if (KEPT.has(type) && data.length === 0) kept.push(pngChunk(type, body));
  }
  if (expected === 0) return null;
  if (expected > MAX_BYTES) throw new UndecodableError(REASONS.tooMuchMemory);
  const pixels = Buffer.alloc(expected);
  const found = await inflateInto(pixels, Buffer.concat(data), isApplePng(bytes));
  if (found === 0) return null;
  return Buffer.concat([
    bytes.subarray(0, SIGNATURE_BYTES),
    ...kept,
    pngChunk('IDAT', deflateSync(pixels, { level: 1 })),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** One PNG chunk with its length and checksum [W3C PNG, 5.3]. */
export function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

function* chunks(bytes: Buffer): Generator<{ type: string; body: Buffer }> {
  for (let at = SIGNATURE_BYTES; at + 8 < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    // The last one may be cut short.
    yield { type, body: bytes.subarray(at + 8, at + 8 + length) };
    at += CHUNK_OVERHEAD + length;
  }
}

/** Size of all rows, each with its leading filter byte [W3C PNG, 7.2]. */
function pixelBytes(header: Buffer): number {
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  refuseTooManyPixels({ width, height });
  const bits = (CHANNELS[header.readUInt8(9)] ?? 0) * header.readUInt8(8);
  let sum = 0;
  for (const [left, across, top, down] of header.readUInt8(12) === 1 ? PASSES : WHOLE) {
    const columns = Math.ceil((width - left) / across);
    const rows = Math.ceil((height - top) / down);
    if (columns > 0 && rows > 0) sum += rows * (1 + Math.ceil((columns * bits) / 8));
  }
  return sum;
}

/** @returns how many bytes were inflated before the end or the first error */
async function inflateInto(pixels: Buffer, data: Buffer, isRaw: boolean): Promise<number> {
  const inflate = isRaw ? createInflateRaw() : createInflate();
  inflate.end(data);
  let found = 0;
  try {
    for await (const piece of inflate) {
      found += (piece as Buffer).copy(pixels, found);
      if (found >= pixels.length) break;
    }
  } catch {
    // The bytes before the error are used.
  }
  return found;
}

// Signature and IHDR, which come first in every PNG [W3C PNG, 5.3 and 5.6].
const PNG_HEAD_BYTES = 8 + 25;

/**
 * Converts pixels from the colour space of their ICC profile to sRGB; phones take pictures in Display P3.
 * sharp accepts no profile for raw pixels, so they pass through a PNG that embeds it (iCCP chunk
 * [W3C PNG, 11.3.2.3]). With a damaged profile the pixels are left unchanged.
 */
export async function fromProfile(picture: Picture, profile: Buffer): Promise<Picture> {
  return toPicture(sharp(await embedProfile(picture, profile)));
}

/** A PNG of pixels whose colours are in the space of an ICC profile. */
export async function embedProfile(picture: Picture, profile: Buffer): Promise<Buffer> {
  const png = await fromPicture(picture).png({ compressionLevel: 0 }).toBuffer();
  const chunk = pngChunk(
    'iCCP',
    Buffer.concat([Buffer.from('profile\0\0', 'latin1'), deflateSync(profile)]),
  );
  const parts = [png.subarray(0, PNG_HEAD_BYTES), chunk, png.subarray(PNG_HEAD_BYTES)];
  return Buffer.concat(parts);
}
