import { REASONS, UndecodableError } from '../preview-kind.ts';

// The headers of Windows and OS/2 bitmaps [MS-WMF 2.2.2, BITMAPINFOHEADER; "OS/2 bitmap file format"].

export interface BitmapHeader {
  width: number;
  height: number;
  isTopDown: boolean;
  bits: number;
  compression: number;
  masks: Masks;
  /** Offset of the colour table, and the bytes per entry. */
  paletteAt: number;
  paletteEntryBytes: 3 | 4;
  paletteLength: number;
}

/** Which bits of a pixel hold which channel. */
interface Masks {
  red: number;
  green: number;
  blue: number;
  alpha: number;
}

export const CORE_HEADER_BYTES = 12;
const INFO_HEADER_BYTES = 40;
const OS2_HEADER_BYTES = 64;
// Our own code: OS/2 writes RLE24 as 4, which means JPEG in Windows bitmaps.
export const RLE24 = 24;
export const COMPRESSION = {
  none: 0,
  rle8: 1,
  rle4: 2,
  fields: 3,
  jpeg: 4,
  png: 5,
  alphaFields: 6,
};
const DEPTHS = [1, 2, 4, 8, 16, 24, 32];

/**
 * @param at offset of the header
 * @param icon the header's height is twice that of the picture, because a mask follows
 * @throws UndecodableError for damaged headers and unsupported kinds; RangeError for a read past the end
 */
export function readHeader(bytes: Buffer, at: number, icon: boolean): BitmapHeader {
  const size = bytes.readUInt32LE(at);
  const isCore = size === CORE_HEADER_BYTES;
  if (!isCore && (size < 16 || size > 1024)) throw new UndecodableError(REASONS.damaged);
  const width = isCore ? bytes.readUInt16LE(at + 4) : bytes.readInt32LE(at + 4);
  const signedHeight = isCore ? bytes.readInt16LE(at + 6) : bytes.readInt32LE(at + 8);
  const height = Math.abs(icon ? Math.trunc(signedHeight / 2) : signedHeight);
  const bits = bytes.readUInt16LE(at + (isCore ? 10 : 14));
  if (width < 1 || height < 1) throw new UndecodableError(REASONS.damaged);
  const compression = size >= 20 ? compressionOf(bytes.readUInt32LE(at + 16), size, bits) : 0;
  const isEmbedded = compression === COMPRESSION.jpeg || compression === COMPRESSION.png;
  if (!isEmbedded && !DEPTHS.includes(bits)) {
    throw new UndecodableError(`Bitmaps with ${bits} bits a pixel are not decoded`);
  }
  const extraMasks = size === INFO_HEADER_BYTES ? masksBehind(compression) : 0;
  const colours = size >= 36 ? bytes.readUInt32LE(at + 32) : 0;
  return {
    width,
    height,
    isTopDown: signedHeight < 0,
    bits,
    compression,
    masks: readMasks(bytes, at, { size, bits, compression, extraMasks, icon }),
    paletteAt: at + size + 4 * extraMasks,
    paletteEntryBytes: isCore ? 3 : 4,
    paletteLength: bits > 8 ? colours : Math.min(colours || 2 ** bits, 2 ** bits),
  };
}

function compressionOf(number: number, headerSize: number, bits: number): number {
  const isOs2 = headerSize < INFO_HEADER_BYTES || headerSize === OS2_HEADER_BYTES;
  if (isOs2 && number === 4 && bits === 24) return RLE24;
  if ((isOs2 && number > 2) || number > COMPRESSION.alphaFields) {
    throw new UndecodableError('Bitmaps with this compression are not decoded');
  }
  const depth = { [COMPRESSION.rle8]: 8, [COMPRESSION.rle4]: 4 }[number];
  if (depth !== undefined && depth !== bits) throw new UndecodableError(REASONS.damaged);
  return number;
}

/** How many masks follow the header of 40 bytes. */
function masksBehind(compression: number): number {
  if (compression === COMPRESSION.alphaFields) return 4;
  return compression === COMPRESSION.fields ? 3 : 0;
}

function readMasks(
  bytes: Buffer,
  at: number,
  header: { size: number; bits: number; compression: number; extraMasks: number; icon: boolean },
): Masks {
  const { size, bits, compression, extraMasks, icon } = header;
  if (compression === COMPRESSION.fields || compression === COMPRESSION.alphaFields) {
    const alpha = size >= 56 || extraMasks === 4 ? bytes.readUInt32LE(at + 52) : 0;
    const [red, green, blue] = [40, 44, 48].map((offset) => bytes.readUInt32LE(at + offset));
    return { red: red ?? 0, green: green ?? 0, blue: blue ?? 0, alpha };
  }
  if (bits === 16) return { red: 0x7c00, green: 0x03e0, blue: 0x001f, alpha: 0 };
  // The fourth byte of a plain bitmap is unused; icons store alpha in it.
  return { red: 0xff0000, green: 0xff00, blue: 0xff, alpha: icon ? 0xff000000 : 0 };
}

/** @returns RGB, three bytes per entry, and the offset where the palette ends */
export function readPalette(
  bytes: Buffer,
  { bits, paletteAt, paletteEntryBytes: step, paletteLength }: BitmapHeader,
  bitsAt: number,
): { palette: Buffer; end: number } {
  // Some encoders claim more colours than fit before the pixels.
  const room = bitsAt > paletteAt ? Math.floor((bitsAt - paletteAt) / step) : paletteLength;
  const length = Math.min(paletteLength, room);
  const palette = Buffer.alloc(3 * 256);
  if (bits <= 8) {
    for (let n = 0; n < length; n += 1) {
      palette[3 * n] = bytes.readUInt8(paletteAt + n * step + 2);
      palette[3 * n + 1] = bytes.readUInt8(paletteAt + n * step + 1);
      palette[3 * n + 2] = bytes.readUInt8(paletteAt + n * step);
    }
  }
  return { palette, end: paletteAt + length * step };
}
