import type { Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { fromPicture, type Picture, toPicture } from './picture.ts';
import { PREVIEW_SIZES, type PreviewFile, type StillSize, within } from './preview-sizes.ts';

// The most that ThumbHash takes.
const THUMBHASH_SIDE = 100;

/**
 * Writes the three still thumbnails, each from the pixels of the next larger one, and makes the
 * ThumbHash.
 *
 * WebP, but for the large thumbnail of a photograph: to encode that takes half as long in WebP as to
 * decode 12 megapixels, in JPEG a twelfth, for a third more bytes (docs/adr/0009).
 *
 * @param isPhoto whether it may be JPEG; what is transparent never is
 * @param pathOf where to write a size
 * @throws Error when a file cannot be written
 */
export async function writePreviews(
  picture: Picture,
  isPhoto: boolean,
  pathOf: (size: StillSize) => string,
): Promise<{ thumbhash: string; files: PreviewFile[] }> {
  const medium = await shrink(picture, PREVIEW_SIZES.medium);
  const small = await shrink(medium, PREVIEW_SIZES.small);
  const asJpeg = isPhoto && picture.channels === 3;
  const files = [
    await writeWebp(small, 'small', pathOf('small')),
    await writeWebp(medium, 'medium', pathOf('medium')),
    await (asJpeg ? writeJpeg : writeWebp)(picture, 'large', pathOf('large')),
  ];
  return { thumbhash: await thumbHash(small), files };
}

async function shrink(picture: Picture, side: number): Promise<Picture> {
  if (Math.max(picture.width, picture.height) <= side) return picture;
  return toPicture(fromPicture(picture).resize(within(side)));
}

function writeWebp(picture: Picture, size: StillSize, path: string): Promise<PreviewFile> {
  const image = fromPicture(picture).webp({ quality: 80, effort: 1 });
  return write(image, { size, path, contentType: 'image/webp' });
}

function writeJpeg(picture: Picture, size: StillSize, path: string): Promise<PreviewFile> {
  // To optimise the Huffman tables would double the time for a twelfth of the bytes.
  const image = fromPicture(picture).jpeg({ quality: 80, optimiseCoding: false });
  return write(image, { size, path, contentType: 'image/jpeg' });
}

async function write(
  image: Sharp,
  file: Pick<PreviewFile, 'size' | 'path' | 'contentType'>,
): Promise<PreviewFile> {
  const { width, height, size: byteSize } = await image.toFile(file.path);
  return { ...file, width, height, byteSize };
}

async function thumbHash(picture: Picture): Promise<string> {
  const { data, info } = await fromPicture(picture)
    .resize(within(THUMBHASH_SIDE))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64');
}
