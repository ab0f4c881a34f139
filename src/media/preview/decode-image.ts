import sharp, { type Metadata } from 'sharp';
import type { Picture } from './picture.ts';
import { toPicture } from './picture.ts';
import { UndecodableError } from './preview-kind.ts';
import { PREVIEW_SIZES, within } from './preview-sizes.ts';

// 16,384 squared: beyond every camera and scanner.
const MOST_PIXELS = 16_384 ** 2;
// No SVG, no PDF and nothing else that loads other documents.
const DECODERS: ReadonlySet<string> = new Set(['jpeg', 'png', 'gif', 'webp', 'heif', 'tiff']);

/** sharp's options for the bytes of strangers. */
export const UNTRUSTED = {
  limitInputPixels: MOST_PIXELS,
  failOn: 'error',
  sequentialRead: true,
} as const;

/**
 * Reads what a picture says of itself, without its pixels.
 *
 * @throws UndecodableError for more pixels than are decoded, and for what is no picture
 */
export async function readMetadata(path: string): Promise<Metadata> {
  const metadata = await sharp(path, UNTRUSTED).metadata();
  if (!DECODERS.has(metadata.format)) {
    throw new UndecodableError(`The bytes are ${metadata.format}, not a picture`);
  }
  refuseTooManyPixels(metadata);
  return metadata;
}

/** @throws UndecodableError for more pixels than are decoded */
export function refuseTooManyPixels({ width, height }: { width: number; height: number }): void {
  if (width * height > MOST_PIXELS) {
    throw new UndecodableError('The picture has more pixels than are decoded');
  }
}

/**
 * Decodes one frame: upright, sRGB, no metadata, at most as large as the largest thumbnail.
 *
 * @param page of an animation or a file with several pictures
 * @throws what sharp throws at damaged bytes
 */
export function decodeImage(path: string, page = 0): Promise<Picture> {
  return toPicture(
    sharp(path, { ...UNTRUSTED, page })
      .autoOrient()
      // A JPEG comes shrunk by half or more, so there is little left for a better kernel to show.
      .resize({ ...within(PREVIEW_SIZES.large), kernel: 'cubic' }),
  );
}
