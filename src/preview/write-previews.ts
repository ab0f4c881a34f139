import type { Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { freePixels, fromPicture, type Picture, toPicture } from './kinds/picture.ts';
import { PREVIEW_SIZES, type PreviewFile, type StillSize, within } from './preview-sizes.ts';

// Of the 100 that ThumbHash takes: it keeps seven waves a side at the most, which need no more.
const THUMBHASH_SIDE = 50;

/**
 * Writes the three still thumbnails, each from the pixels of the next larger one, and makes the
 * ThumbHash. What does not wait for another runs beside it.
 *
 * Photographs are JPEG, everything else is WebP: to encode the large thumbnail of a photograph as WebP
 * takes nearly as long as to decode 12 megapixels, as JPEG a tenth of that (docs/adr/0009).
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
  const writeStill = isPhoto && picture.channels === 3 ? writeJpeg : writeWebp;
  const medium = shrink(picture, PREVIEW_SIZES.medium);
  const small = medium.then((larger) => shrink(larger, PREVIEW_SIZES.small));
  const [thumbhash, ...files] = await Promise.all([
    small.then(thumbHash),
    small.then((still) => writeStill(still, 'small', pathOf('small'))),
    medium.then((still) => writeStill(still, 'medium', pathOf('medium'))),
    writeStill(picture, 'large', pathOf('large')),
  ]);
  // After a failure others may still be reading: then it is left to the collector.
  for (const made of new Set([await medium, await small]))
    if (made !== picture) freePixels(made.pixels);
  return { thumbhash, files };
}

async function shrink(picture: Picture, side: number): Promise<Picture> {
  if (Math.max(picture.width, picture.height) <= side) return picture;
  return toPicture(fromPicture(picture).resize(within(side)));
}

function writeWebp(picture: Picture, size: StillSize, path: string): Promise<PreviewFile> {
  const image = fromPicture(picture).webp({ quality: 80, effort: 0 });
  return write(image, { size, path, contentType: 'image/webp' });
}

function writeJpeg(picture: Picture, size: StillSize, path: string): Promise<PreviewFile> {
  // To optimise the Huffman tables would more than double the time.
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
