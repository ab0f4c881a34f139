import { readFile } from 'node:fs/promises';
import { decode } from 'bmp-ts';
import { refuseTooManyPixels } from './decode-image.ts';
import { fromPicture, toPicture } from './picture.ts';
import { type PreviewKind, UndecodableError } from './preview-kind.ts';
import { PREVIEW_SIZES, within } from './preview-sizes.ts';
import { PREVIEW_TYPES } from './preview-types.ts';

// Where the header has what [BITMAPINFOHEADER]; height is negative from the top down.
const HEADER_SIZE_AT = 14;
const LEAST_HEADER_SIZE = 40;
const WIDTH_AT = 18;
const HEIGHT_AT = 22;
const COMPRESSION_AT = 30;
// Plain pixels, and plain pixels with masks for the colours. The library takes others, too, and gives wrong
// pixels for those with run-length encoding and with a JPEG or PNG inside.
const PLAIN = [0, 3, 6];

/** Windows bitmaps, which sharp's prebuilt library does not decode. */
export const bitmapKind: PreviewKind = {
  name: 'bitmap',
  types: new Set(PREVIEW_TYPES.bitmap),
  probe: async () => null,
  async render({ path }) {
    const bytes = await readFile(path);
    if (bytes.readUInt32LE(HEADER_SIZE_AT) < LEAST_HEADER_SIZE) {
      throw new UndecodableError(
        'Bitmaps with the old short header (BITMAPCOREHEADER) are not decoded',
      );
    }
    refuseTooManyPixels({
      width: bytes.readUInt32LE(WIDTH_AT),
      height: Math.abs(bytes.readInt32LE(HEIGHT_AT)),
    });
    if (!PLAIN.includes(bytes.readUInt32LE(COMPRESSION_AT))) {
      throw new UndecodableError('Bitmaps that are compressed (run-length, JPEG) are not decoded');
    }
    const { data, width, height } = decode(bytes);
    const size = { width, height: Math.abs(height) };
    const bitmap = fromPicture({ pixels: opaque(data), ...size, channels: 3 });
    return {
      kind: 'image',
      picture: await toPicture(bitmap.resize(within(PREVIEW_SIZES.large))),
      size,
      details: {},
    };
  },
};

/**
 * From the library's ABGR, the one order that it keeps at every depth, to RGB. Most writers leave the
 * alpha byte at zero, which is no transparency.
 */
function opaque(abgr: Buffer): Buffer {
  const rgb = Buffer.allocUnsafe((abgr.length / 4) * 3);
  for (let from = 0, to = 0; from < abgr.length; from += 4, to += 3) {
    rgb[to] = abgr[from + 3] ?? 0;
    rgb[to + 1] = abgr[from + 2] ?? 0;
    rgb[to + 2] = abgr[from + 1] ?? 0;
  }
  return rgb;
}
