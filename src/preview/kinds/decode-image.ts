import sharp, { type Metadata } from 'sharp';
import { REASONS, reasonOf, UndecodableError } from '../preview-kind.ts';
import { PREVIEW_SIZES, within } from '../preview-result.ts';
import { contrast, MIN_CONTRAST, type Picture, toPicture } from './picture.ts';

// 16,384 squared: more than any camera or scanner produces.
const MAX_PIXELS = 16_384 ** 2;
// No SVG, PDF or other format that can load external documents.
const DECODERS: ReadonlySet<string> = new Set(['jpeg', 'png', 'gif', 'webp', 'heif', 'tiff']);

/** sharp's options for untrusted bytes. */
export const UNTRUSTED = {
  limitInputPixels: MAX_PIXELS,
  failOn: 'error',
  sequentialRead: true,
} as const;

/** The same for truncated or damaged files: what cannot be decoded stays grey, black or transparent. */
const LENIENT = { ...UNTRUSTED, failOn: 'none' } as const;

type SharpOptions = typeof UNTRUSTED | typeof LENIENT;
/** A file, or its bytes. */
type ImageSource = string | Buffer;

/** A decoded picture; `reason` is set when it is incomplete. */
export interface DecodedImage {
  metadata: Metadata;
  picture: Picture;
  reason?: string;
}

/**
 * Reads the metadata of a picture without decoding its pixels.
 *
 * @throws UndecodableError for more than MAX_PIXELS, and for bytes that are not a picture
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

/** @throws UndecodableError for more than MAX_PIXELS */
export function refuseTooManyPixels({ width, height }: { width: number; height: number }): void {
  if (width * height > MAX_PIXELS) throw new UndecodableError(REASONS.tooManyPixels);
}

/**
 * Decodes a picture as `decodeImage` does. Of a damaged or truncated file it returns the part that
 * decodes, as browsers do, unless nothing is visible in it.
 *
 * @throws the error of `decodeImage` when nothing can be decoded
 */
export async function decodeLeniently(
  source: ImageSource,
  longestSide?: number,
): Promise<DecodedImage> {
  try {
    const metadata = await readMetadata(source);
    return { metadata, picture: await decodeImage(source, { metadata, longestSide }) };
  } catch (error) {
    if (reasonOf(error) !== REASONS.damaged) throw error;
    const part = await decodePart(source, longestSide);
    if (part === null) throw error;
    return { ...part, reason: REASONS.partial };
  }
}

async function decodePart(
  source: ImageSource,
  longestSide: number | undefined,
): Promise<DecodedImage | null> {
  try {
    const metadata = await readMetadata(source, LENIENT);
    const picture = await decodeImage(source, { metadata, longestSide, options: LENIENT });
    return (await contrast(picture)) < MIN_CONTRAST ? null : { metadata, picture };
  } catch {
    return null;
  }
}

/**
 * Decodes one frame: upright, sRGB, no metadata, never enlarged.
 *
 * @param page of an animation or a file with several pictures; by default the first, or the file's primary
 *   picture
 * @throws sharp's error for damaged bytes
 */
export function decodeImage(
  source: ImageSource,
  {
    metadata,
    page,
    longestSide = PREVIEW_SIZES.large,
    options = UNTRUSTED,
  }: {
    metadata?: Metadata;
    page?: number;
    longestSide?: number | undefined;
    options?: SharpOptions;
  } = {},
): Promise<Picture> {
  const image = sharp(source, page === undefined ? options : { ...options, page })
    .autoOrient()
    // JPEG uses shrink-on-load (by half or more), so a better kernel would make little difference.
    .resize({ ...within(longestSide), kernel: 'cubic' });
  // With more than 8 bits, sharp converts an ICC profile's colours to Display P3, and to sRGB only when
  // requested [sharp, src/pipeline.cc: processingProfile].
  if (metadata !== undefined && metadata.depth !== 'uchar') image.withIccProfile('srgb');
  return toPicture(image);
}
