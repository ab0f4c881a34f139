import type { MediaItem } from './types.ts';

export type ThumbnailSize = 'small' | 'medium' | 'large';

/**
 * Where the thumbnail of an attachment is. The server blurs that of one that is held back; by one address, a page would go on
 * showing the picture that it has.
 */
export function thumbnailUrl(
  { sid, moderation }: Pick<MediaItem, 'sid' | 'moderation'>,
  size: ThumbnailSize,
): string {
  return `/api/v1/media/${sid}/thumbnail?size=${size}&v=${moderation}`;
}
