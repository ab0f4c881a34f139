import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { toStorable } from '../database/storable.ts';
import { freePixels } from './kinds/picture.ts';
import { KINDS } from './kinds/preview-kinds.ts';
import { drawTypedCard } from './kinds/typed-card.ts';
import type { MediaDetails } from './media-details.ts';
import { whyNoPicture } from './no-picture.ts';
import { perceptualHash } from './perceptual-hash.ts';
import type { PreviewSource, Rendered } from './preview-kind.ts';
import type { PreviewResult } from './preview-result.ts';
import type { PreviewFile } from './preview-sizes.ts';
import { reasonOf } from './undecodable.ts';
import { writePreviews } from './write-previews.ts';

/** What is to be previewed. */
export interface PreviewRequest extends PreviewSource {
  /** Why the bytes are not to be opened: they get a typed card at once. */
  unopened?: string;
}

/**
 * Makes the preview of one file, in the scratch folder. What cannot be decoded gets a typed card
 * with the reason.
 *
 * @param onDecoded told when the bytes are done with: what is left is to write thumbnails of our pixels
 * @throws Error where the bytes are not to blame
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
  const moving: PreviewFile[] =
    animation === undefined ? [] : [{ ...animation, size: 'animated', contentType: 'image/webp' }];
  return {
    ...{ kind, reason, size, thumbhash, pdq, files: [...files, ...moving] },
    details: toStorable(details) as MediaDetails,
  };
}

async function render(request: PreviewRequest): Promise<Rendered> {
  if (request.unopened !== undefined) return card(request, request.unopened);
  const kind = KINDS.find(({ types }) => types.has(request.contentType));
  if (kind === undefined) return card(request, whyNoPicture(request.contentType));
  // Where the file cannot be read nothing is told of its bytes.
  await access(request.path, constants.R_OK);
  try {
    return await kind.render(request);
  } catch (error) {
    if (isOfSystem(error)) throw error;
    // Of no known type, and no text either: that needs no excuse.
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
 * No descriptor, no process or no memory to be had, a disk that fails: another time it may go well. A package
 * that is missing is no fault of the bytes either.
 */
function isOfSystem(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isMissing = 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  return isMissing || ('syscall' in error && 'errno' in error);
}
