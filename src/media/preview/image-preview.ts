import sharp, { type Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { PREVIEW_SIZES, type PreviewFile, type PreviewResult } from './preview-sizes.ts';

const DECODERS: ReadonlySet<string> = new Set(['jpeg', 'png', 'gif', 'webp', 'heif', 'tiff']);
// 16,384 squared: beyond every camera and scanner, and one decode stays below 1.1 GB.
const MOST_PIXELS = 16_384 ** 2;
const THUMBHASH_SIDE = 100;

/** The first frame, upright and in sRGB, at most as large as the largest thumbnail. */
export interface DecodedPicture {
  /** RGBA, 8 bits each. */
  pixels: Buffer;
  width: number;
  height: number;
  /** Of the picture as it is shown, in pixels. */
  shown: { width: number; height: number };
}

/**
 * Decodes one picture: first frame, EXIF orientation applied, sRGB, no metadata.
 *
 * @returns a reason instead, for what is no picture
 * @throws Error of sharp's on what cannot be decoded
 */
export async function decodePicture(path: string): Promise<DecodedPicture | { reason: string }> {
  const input = sharp(path, {
    limitInputPixels: MOST_PIXELS,
    failOn: 'error',
    sequentialRead: true,
  });
  const { format, autoOrient: shown } = await input.metadata();
  if (!DECODERS.has(format)) return { reason: `The bytes are ${format}, not a picture` };
  const { data: pixels, info } = await input
    .autoOrient()
    .toColourspace('srgb')
    .resize({ ...inside(PREVIEW_SIZES.large), withoutEnlargement: true })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { pixels, width: info.width, height: info.height, shown };
}

/**
 * Writes the three thumbnails, smaller ones from the same pixels, and makes the ThumbHash.
 *
 * @param writeTo path for a size
 * @throws Error when a file cannot be written
 */
export async function writePreviews(
  { pixels, width, height, shown }: DecodedPicture,
  writeTo: (size: string) => string,
): Promise<PreviewResult> {
  const image = () => sharp(pixels, { raw: { width, height, channels: 4 } });
  const files: PreviewFile[] = [];
  for (const [size, side] of Object.entries(PREVIEW_SIZES) as [PreviewFile['size'], number][]) {
    files.push(await writeWebp(image(), size, side, writeTo(size)));
  }
  return { kind: 'image', ...shown, thumbhash: await thumbHash(image()), files };
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
