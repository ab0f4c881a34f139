import sharp, { type Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { PREVIEW_SIZES, type PreviewFile, type PreviewResult } from './preview-sizes.ts';

const DECODERS: ReadonlySet<string> = new Set(['jpeg', 'png', 'gif', 'webp', 'heif', 'tiff']);
// 16,384 squared: beyond every camera and scanner, and one decode stays below 1.1 GB.
const MOST_PIXELS = 16_384 ** 2;
const THUMBHASH_SIDE = 100;

/**
 * Makes the three thumbnails and the ThumbHash of one picture: first frame, EXIF orientation
 * applied, sRGB, no metadata. The file is decoded once; smaller sizes come from the larger one.
 *
 * @param writeTo path for a size
 * @throws Error of sharp's on what cannot be decoded
 */
export async function makeImagePreview(
  path: string,
  writeTo: (size: string) => string,
): Promise<PreviewResult> {
  const input = sharp(path, {
    limitInputPixels: MOST_PIXELS,
    failOn: 'error',
    sequentialRead: true,
  });
  const { format, autoOrient } = await input.metadata();
  if (!DECODERS.has(format))
    return { kind: 'none', reason: `The bytes are ${format}, not a picture` };

  const large = await input
    .autoOrient()
    .toColourspace('srgb')
    .resize({ ...inside(PREVIEW_SIZES.large), withoutEnlargement: true })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = large.info;
  const fromLarge = () => sharp(large.data, { raw: { width, height, channels } });

  const files: PreviewFile[] = [];
  for (const [size, side] of Object.entries(PREVIEW_SIZES) as [PreviewFile['size'], number][]) {
    files.push(await writeWebp(fromLarge(), size, side, writeTo(size)));
  }
  return {
    kind: 'image',
    width: autoOrient.width,
    height: autoOrient.height,
    thumbhash: await thumbHash(fromLarge()),
    files,
  };
}

function inside(side: number) {
  return { width: side, height: side, fit: 'inside' as const };
}

async function writeWebp(
  image: Sharp,
  size: PreviewFile['size'],
  side: number,
  path: string,
): Promise<PreviewFile> {
  const info = await image
    .resize({ ...inside(side), withoutEnlargement: true })
    .webp({ quality: 80, effort: 2 })
    .toFile(path);
  const { width, height } = info;
  return { size, path, contentType: 'image/webp', width, height, byteSize: info.size };
}

async function thumbHash(image: Sharp): Promise<string> {
  const { data, info } = await image
    .resize({ ...inside(THUMBHASH_SIDE), withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64');
}
