import { readFile } from 'node:fs/promises';
import { type PreviewKind, REASONS, type Rendered, UndecodableError } from '../preview-kind.ts';
import { PREVIEW_SIZES, within } from '../preview-result.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';
import { decodeLeniently } from './decode-image.ts';
import { contrast, freePixels, fromPicture, MIN_CONTRAST, toPicture } from './picture.ts';
import { type Bitmap, readBitmap } from './read-bitmap.ts';

/** Windows and OS/2 bitmaps, which sharp's prebuilt library does not decode. */
export const bitmapKind: PreviewKind = {
  name: 'bitmap',
  types: new Set(PREVIEW_TYPES.bitmap),
  probe: async () => null,
  async render({ path, longestSide }) {
    return renderBitmap(readBitmap(await readFile(path)), longestSide);
  },
};

/** @throws UndecodableError when it is cut short before anything visible */
export async function renderBitmap(
  bitmap: Bitmap,
  longestSide: number = PREVIEW_SIZES.large,
): Promise<Rendered> {
  if ('embedded' in bitmap) {
    const { embedded, width, height } = bitmap;
    const { picture, reason } = await decodeLeniently(embedded, longestSide);
    return rendered(picture, { width, height }, reason);
  }
  const { picture, isWhole } = bitmap;
  const { width, height } = picture;
  const shrunk = await toPicture(fromPicture(picture).resize(within(longestSide)));
  freePixels(picture.pixels);
  if (isWhole) return rendered(shrunk, { width, height });
  if ((await contrast(shrunk)) < MIN_CONTRAST) throw new UndecodableError(REASONS.damaged);
  return rendered(shrunk, { width, height }, REASONS.partial);
}

function rendered(
  picture: Rendered['picture'],
  size: { width: number; height: number },
  reason?: string,
): Rendered {
  return {
    kind: 'image',
    picture,
    size,
    details: {},
    ...(reason === undefined ? {} : { reason }),
  };
}
