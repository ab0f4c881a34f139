import { readFile } from 'node:fs/promises';
import { type PreviewKind, REASONS, type Rendered, UndecodableError } from '../preview-kind.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';
import { renderBitmap } from './bitmap-kind.ts';
import { decodeLeniently } from './decode-image.ts';
import { readDib } from './read-bitmap.ts';

// ICONDIR and ICONDIRENTRY [Microsoft, "Icons"].
const FOLDER_BYTES = 6;
const ENTRY_BYTES = 16;
const MAX_ENTRIES = 256;
const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** Windows icons and cursors: the largest of their pictures, a bitmap or a PNG. */
export const iconKind: PreviewKind = {
  name: 'icon',
  types: new Set(PREVIEW_TYPES.icon),
  probe: async () => null,
  async render({ path, longestSide }) {
    const bytes = await readFile(path);
    const picture = largestPicture(bytes);
    if (picture === null) throw new UndecodableError(REASONS.damaged);
    if (!picture.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE)) {
      return renderBitmap(readDib(picture, 0, 0, true), longestSide);
    }
    const { metadata, picture: decoded, reason } = await decodeLeniently(picture, longestSide);
    return {
      kind: 'image',
      picture: decoded,
      size: metadata.autoOrient,
      details: {},
      ...(reason === undefined ? {} : { reason }),
    } satisfies Rendered;
  },
};

function largestPicture(bytes: Buffer): Buffer | null {
  const count = Math.min(bytes.length < FOLDER_BYTES ? 0 : bytes.readUInt16LE(4), MAX_ENTRIES);
  let best: { bytes: Buffer; pixels: number; byteLength: number } | null = null;
  for (let n = 0; n < count; n += 1) {
    const at = FOLDER_BYTES + n * ENTRY_BYTES;
    if (at + ENTRY_BYTES > bytes.length) break;
    // A side of 256 is written as 0.
    const pixels = (bytes.readUInt8(at) || 256) * (bytes.readUInt8(at + 1) || 256);
    const byteLength = bytes.readUInt32LE(at + 8);
    const from = bytes.readUInt32LE(at + 12);
    if (from + PNG_SIGNATURE.length > bytes.length) continue;
    // At equal size, more bytes mean more colours.
    if (
      best === null ||
      pixels > best.pixels ||
      (pixels === best.pixels && byteLength > best.byteLength)
    ) {
      best = { bytes: bytes.subarray(from, from + byteLength), pixels, byteLength };
    }
  }
  return best?.bytes ?? null;
}
