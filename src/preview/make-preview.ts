import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { sanitizeJson } from '../database/sanitize-json.ts';
import { syncPath } from '../files/folder-sync.ts';
import { sha256Of } from '../files/hash-file.ts';
import { freePixels, fromPicture, type Picture, toPicture } from './kinds/picture.ts';
import { KINDS } from './kinds/preview-kinds.ts';
import { drawTypedCard } from './kinds/typed-card.ts';
import type { MediaDetails } from './media-details.ts';
import { perceptualHash } from './perceptual-hash.ts';
import { type PreviewSource, type Rendered, reasonOf } from './preview-kind.ts';
import {
  PREVIEW_SIZES,
  type PreviewFile,
  type PreviewResult,
  type StillSize,
  within,
} from './preview-result.ts';

/** A file to preview. */
export interface PreviewRequest extends PreviewSource {
  /** Why the file must not be opened: then it gets a typed card at once. */
  unopened?: string;
}

/**
 * Makes the preview of one file, in the scratch folder, and syncs its files to disk. A file that cannot be decoded gets a typed card
 * with the reason.
 *
 * @param onDecoded called when the file is decoded and only the thumbnails are left to write
 * @throws Error when the failure is not caused by the bytes
 */
export async function makePreview(
  request: PreviewRequest,
  onDecoded: () => void,
): Promise<PreviewResult> {
  const rendered = await render(request);
  onDecoded();
  const { kind, picture, orientation = 1, size, details, reason = null, animation } = rendered;
  const isPhoto = kind === 'image' || kind === 'video' || kind === 'animation';
  const pathOf = (name: string) => join(request.scratchFolder, name);
  const [{ thumbhash, files }, pdq] = await Promise.all([
    writePreviews(picture, isPhoto, pathOf),
    isPhoto ? perceptualHash(picture, orientation) : null,
  ]);
  freePixels(picture.pixels);
  const moving = animation === undefined ? [] : [await keepAnimation(animation)];
  return {
    kind,
    reason,
    size,
    thumbhash,
    pdq,
    files: [...files, ...moving],
    details: sanitizeJson(details) as MediaDetails,
  };
}

async function render(request: PreviewRequest): Promise<Rendered> {
  if (request.unopened !== undefined) return card(request, request.unopened);
  const kind = KINDS.find(({ types }) => types.has(request.contentType));
  if (kind === undefined) return card(request, noPictureReason(request.contentType));
  // An unreadable file is a system error and must not count as damaged bytes.
  await access(request.path, constants.R_OK);
  try {
    return await kind.render(request);
  } catch (error) {
    if (isSystemError(error)) throw error;
    // A file of unknown type that is not text gets a card without a reason.
    const isUnknown = request.contentType === null;
    return card(request, isUnknown ? undefined : reasonOf(error));
  }
}

async function card(request: PreviewRequest, reason?: string): Promise<Rendered> {
  return {
    kind: 'card',
    picture: await drawTypedCard(request),
    size: null,
    details: {},
    ...(reason === undefined ? {} : { reason }),
  };
}

/**
 * Whether the system is at fault and not the bytes: no file descriptor, process or memory, or a failing disk,
 * so that a retry may succeed; or a missing package.
 */
export function isSystemError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isMissing = 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  return isMissing || ('syscall' in error && 'errno' in error);
}

// Known picture formats that are not decoded, with or without ffmpeg.
const CAMERA_RAW = 'A camera’s raw file: raw files are not decoded here';
const METAFILE = 'A Windows metafile: metafiles are not rendered here';

const NO_PICTURE: Readonly<Record<string, string>> = {
  'image/x-adobe-dng': CAMERA_RAW,
  'image/x-canon-cr2': CAMERA_RAW,
  'image/x-canon-cr3': CAMERA_RAW,
  'image/x-nikon-nef': CAMERA_RAW,
  'image/x-sony-arw': CAMERA_RAW,
  'image/x-olympus-orf': CAMERA_RAW,
  'image/x-panasonic-rw2': CAMERA_RAW,
  'image/x-fujifilm-raf': CAMERA_RAW,
  'image/vnd.adobe.photoshop': 'A Photoshop document: layers are not rendered here',
  'image/x-xcf': 'A GIMP document: layers are not rendered here',
  'image/vnd.dwg': 'An AutoCAD drawing: drawings are not rendered here',
  'image/emf': METAFILE,
  'image/wmf': METAFILE,
};

/** Why a picture type has no preview of its own; undefined for other types, whose cards need no reason. */
function noPictureReason(contentType: string | null): string | undefined {
  if (contentType === null || !contentType.startsWith('image/')) return undefined;
  return NO_PICTURE[contentType] ?? 'Pictures of this format are not decoded here';
}

// ThumbHash accepts up to 100; it keeps at most seven frequencies a side, for which 50 are enough.
const THUMBHASH_SIDE = 50;

/**
 * Writes the three still thumbnails, each from the pixels of the next larger one, and makes the
 * ThumbHash. Independent steps run in parallel.
 *
 * Photographs are JPEG, everything else is WebP: encoding the large thumbnail of a photograph as WebP
 * takes nearly as long as decoding 12 megapixels, as JPEG a tenth of that (docs/adr/0009).
 *
 * @param isPhoto whether it may be JPEG; pictures with transparency are always WebP
 * @param pathOf where to write a size
 * @throws Error when a file cannot be written
 */
async function writePreviews(
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
  // Only after success: after a failure other steps may still read the pixels, so garbage collection
  // frees them.
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
  // Optimising the Huffman tables would more than double the time.
  const image = fromPicture(picture).jpeg({ quality: 80, optimiseCoding: false });
  return write(image, { size, path, contentType: 'image/jpeg' });
}

async function write(
  image: Sharp,
  file: Pick<PreviewFile, 'size' | 'path' | 'contentType'>,
): Promise<PreviewFile> {
  const { width, height, size: byteSize } = await image.toFile(file.path);
  await syncPath(file.path);
  return { ...file, width, height, byteSize, fileSha256: await sha256Of(file.path) };
}

async function keepAnimation(
  animation: Pick<PreviewFile, 'path' | 'width' | 'height' | 'byteSize'>,
): Promise<PreviewFile> {
  await syncPath(animation.path);
  const fileSha256 = await sha256Of(animation.path);
  return { ...animation, size: 'animated', contentType: 'image/webp', fileSha256 };
}

async function thumbHash(picture: Picture): Promise<string> {
  const { data, info } = await fromPicture(picture)
    .resize(within(THUMBHASH_SIDE))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64');
}
