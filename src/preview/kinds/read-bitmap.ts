import { REASONS, UndecodableError } from '../preview-kind.ts';
import {
  type BitmapHeader,
  COMPRESSION,
  CORE_HEADER_BYTES,
  RLE24,
  readHeader,
  readPalette,
} from './bitmap-header.ts';
import { refuseTooManyPixels } from './decode-image.ts';
import type { Picture } from './picture.ts';

// The bitmaps of bmpsuite, Windows and OS/2 [MS-WMF 2.2.2, BITMAPINFOHEADER; "OS/2 bitmap file format"].

/** The content of a bitmap: pixels, or an embedded JPEG or PNG. */
export type Bitmap =
  | { picture: Picture; isWhole: boolean }
  | { embedded: Buffer; width: number; height: number };

/** Where the pixels of a bitmap are read from. */
interface Raster {
  header: BitmapHeader;
  /** RGB, three bytes per entry. */
  palette: Buffer;
  bytes: Buffer;
  bitsAt: number;
}

const FILE_HEADER_BYTES = 14;

/**
 * Reads a bitmap file. Missing rows stay black.
 *
 * @throws UndecodableError for damaged bytes, and for unsupported variants
 */
export function readBitmap(bytes: Buffer): Bitmap {
  if (bytes.length < FILE_HEADER_BYTES + CORE_HEADER_BYTES) {
    throw new UndecodableError(REASONS.damaged);
  }
  return readDib(bytes, FILE_HEADER_BYTES, bytes.readUInt32LE(10));
}

/**
 * Reads a bitmap without a file header (DIB), as in icons.
 *
 * @param headerAt offset of its header
 * @param bitsAt offset of its pixels; when it is impossible, they follow the colour table
 * @param icon the header's height is doubled, as a transparency mask follows the pixels; 32 bits have alpha
 */
export function readDib(bytes: Buffer, headerAt: number, bitsAt = 0, icon = false): Bitmap {
  try {
    const header = readHeader(bytes, headerAt, icon);
    refuseTooManyPixels(header);
    const { width, height, compression } = header;
    const { palette, end } = readPalette(bytes, header, bitsAt);
    const from = bitsAt >= headerAt + CORE_HEADER_BYTES && bitsAt < bytes.length ? bitsAt : end;
    if (compression === COMPRESSION.jpeg || compression === COMPRESSION.png) {
      return { embedded: bytes.subarray(from), width, height };
    }
    const raster: Raster = { header, palette, bytes, bitsAt: from };
    const rle = RLE_BITS[compression];
    const { picture, isWhole } = rle === undefined ? readRows(raster) : readRunLength(raster, rle);
    return { picture: icon ? applyIconMask(picture, raster) : picture, isWhole };
  } catch (error) {
    // A read past the end.
    if (error instanceof RangeError) throw new UndecodableError(REASONS.damaged);
    throw error;
  }
}

const RLE_BITS: Readonly<Record<number, 4 | 8 | 24>> = {
  [COMPRESSION.rle8]: 8,
  [COMPRESSION.rle4]: 4,
  [RLE24]: 24,
};

function readRows(raster: Raster): { picture: Picture; isWhole: boolean } {
  const { bytes, bitsAt, header } = raster;
  const { width, height, isTopDown, bits } = header;
  const stride = rowBytes(width, bits);
  const needed = Math.ceil((width * bits) / 8);
  const { channels, read } = rowReader(raster);
  const pixels = Buffer.alloc(width * height * channels);
  let isWhole = true;
  for (let row = 0; row < height; row += 1) {
    const from = bitsAt + row * stride;
    if (from + needed > bytes.length) {
      isWhole = false;
      break;
    }
    const line = isTopDown ? row : height - 1 - row;
    read(from, pixels, line * width * channels);
  }
  const picture: Picture = { pixels, width, height, channels };
  return { picture: channels === 4 ? withoutUnusedAlpha(picture) : picture, isWhole };
}

/** Rows are padded to whole 32-bit words. */
function rowBytes(width: number, bits: number): number {
  return Math.ceil((width * bits) / 32) * 4;
}

interface RowReader {
  channels: 3 | 4;
  read(from: number, pixels: Buffer, to: number): void;
}

function rowReader({ header, palette, bytes }: Raster): RowReader {
  const { width, bits, masks } = header;
  if (bits <= 8) {
    return {
      channels: 3,
      read(from, pixels, to) {
        for (let x = 0; x < width; x += 1) {
          const bit = x * bits;
          const byte = bytes[from + (bit >> 3)] as number;
          const colour = 3 * ((byte >> (8 - bits - (bit & 7))) & (2 ** bits - 1));
          palette.copy(pixels, to + 3 * x, colour, colour + 3);
        }
      },
    };
  }
  if (bits === 24) {
    return {
      channels: 3,
      read(from, pixels, to) {
        for (let at = 0; at < 3 * width; at += 3) {
          pixels[to + at] = bytes[from + at + 2] as number;
          pixels[to + at + 1] = bytes[from + at + 1] as number;
          pixels[to + at + 2] = bytes[from + at] as number;
        }
      },
    };
  }
  const fields = [masks.red, masks.green, masks.blue, ...(masks.alpha ? [masks.alpha] : [])];
  const levels = fields.map(levelOf);
  return {
    channels: masks.alpha ? 4 : 3,
    read(from, pixels, to) {
      let at = to;
      for (let x = 0; x < width; x += 1) {
        const value =
          bits === 16 ? bytes.readUInt16LE(from + 2 * x) : bytes.readUInt32LE(from + 4 * x);
        for (const level of levels) pixels[at++] = level(value);
      }
    },
  };
}

/** Drops an alpha channel that is opaque everywhere, or transparent everywhere: left unset by the encoder. */
function withoutUnusedAlpha(picture: Picture): Picture {
  const { pixels, width, height } = picture;
  let least = 255;
  let most = 0;
  for (let at = 3; at < pixels.length; at += 4) {
    const alpha = pixels[at] as number;
    if (alpha < least) least = alpha;
    if (alpha > most) most = alpha;
  }
  if (most !== 0 && least !== 255) return picture;
  const rgb = Buffer.allocUnsafeSlow(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    pixels.copy(rgb, to, from, from + 3);
  }
  return { pixels: rgb, width, height, channels: 3 };
}

/** Decodes RLE: runs of one colour, and literal stretches; skipped pixels have the first palette colour. */
function readRunLength(
  { header, palette, bytes, bitsAt }: Raster,
  bits: 4 | 8 | 24,
): { picture: Picture; isWhole: boolean } {
  const { width, height, isTopDown } = header;
  const pixels = Buffer.alloc(width * height * 3, bits === 24 ? 0 : palette.subarray(0, 3));
  let x = 0;
  let y = 0;
  let at = bitsAt;
  const put = (colour: Buffer, from: number) => {
    if (x < width && y < height) {
      const line = isTopDown ? y : height - 1 - y;
      colour.copy(pixels, (line * width + x) * 3, from, from + 3);
    }
    x += 1;
  };
  /** Writes the nth colour of the run or stretch that starts at `from`. */
  const putColour = (from: number, n: number) => {
    if (bits === 24) {
      const [blue, green, red] = bytes.subarray(from + 3 * n, from + 3 * n + 3);
      return put(Buffer.from([red ?? 0, green ?? 0, blue ?? 0]), 0);
    }
    const byte = bytes.readUInt8(from + (bits === 8 ? n : n >> 1));
    put(palette, 3 * (bits === 8 ? byte : n % 2 === 0 ? byte >> 4 : byte & 15));
  };
  while (at + 1 < bytes.length && y < height) {
    const [count, code] = [bytes.readUInt8(at), bytes.readUInt8(at + 1)];
    if (count > 0) {
      for (let n = 0; n < count; n += 1) putColour(at + 1, bits === 4 ? n % 2 : 0);
      at += bits === 24 ? 4 : 2;
    } else if (code === 0) {
      x = 0;
      y += 1;
      at += 2;
    } else if (code === 1) {
      return { picture: { pixels, width, height, channels: 3 }, isWhole: true };
    } else if (code === 2) {
      x += bytes[at + 2] ?? 0;
      y += bytes[at + 3] ?? 0;
      at += 4;
    } else {
      const stretch = Math.ceil((code * bits) / 8);
      if (at + 2 + stretch > bytes.length) break;
      for (let n = 0; n < code; n += 1) putColour(at + 2, n);
      // Literal stretches are padded to an even length.
      at += 2 + stretch + (stretch % 2);
    }
  }
  return { picture: { pixels, width, height, channels: 3 }, isWhole: y >= height };
}

/** Applies the mask that follows an icon's pixels, one bit a pixel, unless they have their own alpha. */
function applyIconMask(picture: Picture, { header, bytes, bitsAt }: Raster): Picture {
  if (picture.channels === 4) return picture;
  const { width, height, bits } = header;
  const maskAt = bitsAt + rowBytes(width, bits) * height;
  const stride = rowBytes(width, 1);
  if (maskAt + stride * height > bytes.length) return picture;
  const pixels = Buffer.allocUnsafeSlow(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    const row = maskAt + (height - 1 - y) * stride;
    for (let x = 0; x < width; x += 1) {
      const at = y * width + x;
      picture.pixels.copy(pixels, 4 * at, 3 * at, 3 * at + 3);
      const isHidden = ((bytes[row + (x >> 3)] as number) >> (7 - (x & 7))) & 1;
      pixels[4 * at + 3] = isHidden === 1 ? 0 : 255;
    }
  }
  return { pixels, width, height, channels: 4 };
}

/** Scales the bits under a mask to 0…255. */
function levelOf(mask: number): (value: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (value) => Math.round((((value & mask) >>> shift) * 255) / most);
}
