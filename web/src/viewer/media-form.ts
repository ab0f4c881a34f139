import type { MediaItem } from '../api/types.ts';

/** How an attachment is shown. */
export type Form =
  | 'picture'
  | 'pages'
  | 'video'
  | 'audio'
  | 'contacts'
  | 'events'
  | 'text'
  /** Nothing that can be shown: type, size, download. */
  | 'file'
  /** Blurred until it is revealed. */
  | 'held'
  | 'pending'
  | 'failed';

/** Pictures that browsers show as they are, and that are sent to be shown. */
const SHOWN_BY_BROWSERS = new Set([
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
]);
/** Larger ones are shown as a rendition. */
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_PIXELS = 40_000_000;

/** @param isRevealed of one that is held back: whether the moderator has asked to see it */
export function formOf(item: MediaItem, isRevealed: boolean): Form {
  const { state, moderation, preview, contentType, width } = item;
  if (state === 'pending' || state === 'failed') return state;
  if (moderation !== 'visible' && !isRevealed) return 'held';
  switch (preview?.kind) {
    case 'pdf':
      return item.details?.encrypted ? 'file' : 'pages';
    case 'image':
    case 'animation':
      if (width === null) return 'file';
      return (renditionOf(item, 'picture')?.pages ?? 1) > 1 ? 'pages' : 'picture';
    case 'contact':
      return 'contacts';
    case 'calendar':
      return 'events';
    case 'text':
      return 'text';
  }
  if (renditionOf(item, 'video') || contentType?.startsWith('video/')) {
    return renditionOf(item, 'audio') ? 'audio' : 'video';
  }
  if (renditionOf(item, 'audio') || contentType?.startsWith('audio/')) return 'audio';
  return 'file';
}

/** Whether a picture is shown by its own bytes, rather than by a rendition. */
export function showsOriginal({ contentType, byteSize, width, height }: MediaItem): boolean {
  if (contentType === null || !SHOWN_BY_BROWSERS.has(contentType)) return false;
  return (byteSize ?? 0) <= MOST_BYTES && (width ?? 0) * (height ?? 0) <= MOST_PIXELS;
}

export function renditionOf(
  item: MediaItem,
  as: string,
): MediaItem['renditions'][number] | undefined {
  return item.renditions.find((rendition) => rendition.as === as);
}
