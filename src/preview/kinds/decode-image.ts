import sharp, { type Metadata } from 'sharp';
import { REASONS, reasonOf, UndecodableError } from '../preview-kind.ts';
import { PREVIEW_SIZES, within } from '../preview-result.ts';
import { contrast, MIN_CONTRAST, type Picture, toPicture } from './picture.ts';

// 16,384 squared: beyond every camera and scanner.
const MAX_PIXELS = 16_384 ** 2;
// No SVG, no PDF and nothing else that loads other documents.
const DECODERS: ReadonlySet<string> = new Set(['jpeg', 'png', 'gif', 'webp', 'heif', 'tiff']);

/** sharp's options for the bytes of strangers. */
export const UNTRUSTED = {
  limitInputPixels: MAX_PIXELS,
  failOn: 'error',
  sequentialRead: true,
} as const;

/** As those, for what is cut short or damaged: what cannot be decoded stays grey, black or transparent. */
const LENIENT = { ...UNTRUSTED, failOn: 'none' } as const;

type SharpOptions = typeof UNTRUSTED | typeof LENIENT;
/** A file, or its bytes. */
type ImageSource = string | Buffer;

/** A decoded picture; `reason` where it is less than there should be. */
export interface DecodedImage {
  metadata: Metadata;
  picture: Picture;
  reason?: string;
}

/**
 * Reads what a picture says of itself, without its pixels.
 *
 * @throws UndecodableError for more pixels than are decoded, and for what is no picture
 */
export async function readMetadata(
  source: ImageSource,
  options: SharpOptions = UNTRUSTED,
): Promise<Metadata> {
  const metadata = await sharp(source, options).metadata();
  if (!DECODERS.has(metadata.format)) {
    throw new UndecodableError(`The bytes are ${metadata.format}, not a picture`);
  }
  refuseTooManyPixels(metadata);
  return metadata;
}

/** @throws UndecodableError for more pixels than are decoded */
export function refuseTooManyPixels({ width, height }: { width: number; height: number }): void {
  if (width * height > MAX_PIXELS) throw new UndecodableError(REASONS.tooManyPixels);
}

/**
 * Decodes a picture as `decodeImage` does. Of one that is damaged or cut short it takes what decodes, as
 * browsers do, unless there is nothing to be seen on it.
 *
 * @throws what `decodeImage` throws at a picture of which nothing decodes
 */
export async function decodeLeniently(source: ImageSource): Promise<DecodedImage> {
  try {
    const metadata = await readMetadata(source);
    return { metadata, picture: await decodeImage(source, { metadata }) };
  } catch (error) {
    if (reasonOf(error) !== REASONS.damaged) throw error;
    const part = await decodePart(source);
    if (part === null) throw error;
    return { ...part, reason: REASONS.partial };
  }
}

async function decodePart(source: ImageSource): Promise<DecodedImage | null> {
  try {
    const metadata = await readMetadata(source, LENIENT);
    const picture = await decodeImage(source, { metadata, options: LENIENT });
    return (await contrast(picture)) < MIN_CONTRAST ? null : { metadata, picture };
  } catch {
    return null;
  }
}

/**
 * Decodes one frame: upright, sRGB, no metadata, at most as large as the largest thumbnail.
 *
 * @param page of an animation or a file with several pictures; else the first, or what the file calls its
 *   primary picture
 * @throws what sharp throws at damaged bytes
 */
export function decodeImage(
  source: ImageSource,
  {
    metadata,
    page,
    options = UNTRUSTED,
  }: { metadata?: Metadata; page?: number; options?: SharpOptions } = {},
): Promise<Picture> {
  const image = sharp(source, page === undefined ? options : { ...options, page })
    .autoOrient()
    // A JPEG comes shrunk by half or more, so there is little left for a better kernel to show.
    .resize({ ...within(PREVIEW_SIZES.large), kernel: 'cubic' });
  // Of more than 8 bits sharp brings an ICC profile's colours to Display P3, and goes on to sRGB when told to
  // alone [sharp, src/pipeline.cc: processingProfile].
  if (metadata !== undefined && metadata.depth !== 'uchar') image.withIccProfile('srgb');
  return toPicture(image);
}
