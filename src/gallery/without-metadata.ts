import { AppError } from '../errors/app-error.ts';
import type { EditPlan } from '../files/edit-plan.ts';
import { UnstrippableError } from '../metadata/byte-reader.ts';
import { metadataOf } from '../metadata/strip-metadata.ts';
import type { StripPlanOf } from '../metadata/strip-plans.ts';
import { renditionOf } from '../preview/renditions/rendition-types.ts';
import type { MediaRow } from './media-items.ts';
import { storedBlob } from './send-media.ts';

/** Reads a file, and says how it is edited. */
type Edit = (path: string) => Promise<EditPlan>;

/**
 * How the bytes of a media item are edited so that they have no metadata.
 *
 * @param isPublic whether the caller needs no credentials
 * @returns null when they have none as they are; otherwise a function that throws AppError `metadata_not_removable`
 *   for a damaged file
 * @throws AppError `metadata_not_removable` for types whose metadata cannot be removed; `media_not_stored`
 */
export type WithoutMetadata = (media: MediaRow, isPublic: boolean) => Edit | null;

export function createWithoutMetadata(stripPlanOf: StripPlanOf): WithoutMetadata {
  return (media, isPublic) => {
    const { sha256 } = storedBlob(media, isPublic);
    const { contentType } = media;
    const metadata = metadataOf(contentType);
    if (metadata === 'none') return null;
    if (contentType === null || metadata === 'unknown') {
      throw notRemovable(`Metadata cannot be removed from files of type ${contentType}.`, media);
    }
    return async (path) => {
      try {
        return await stripPlanOf(path, { sha256, contentType });
      } catch (error) {
        if (!(error instanceof UnstrippableError)) throw error;
        throw notRemovable(`${error.message}.`, media, error);
      }
    };
  };
}

function notRemovable(why: string, { contentType, blob }: MediaRow, cause?: Error): AppError {
  const name = blob === null ? null : renditionOf(blob);
  // Sound and video that browsers play are renditions of themselves.
  const isMade =
    name === 'picture' ||
    name === 'text' ||
    (name !== null && cause === undefined && contentType !== 'video/webm');
  const made = isMade ? `rendition?as=${name} has none. ` : '';
  const detail = `${why} ${made}Links with "stripMetadata": false show the original.`;
  return new AppError('metadata_not_removable', detail, { cause });
}
