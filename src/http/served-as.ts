import type { Media } from '../generated/prisma/client.ts';

/** Types that a browser shows without running anything. Everything else is a download. */
const SHOWN_INLINE: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/png',
  'image/apng',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'video/mp4',
  'video/x-m4v',
  'video/webm',
  'video/3gpp',
  'video/quicktime',
  'audio/mpeg',
  'audio/mp4',
  'audio/x-m4a',
  'audio/aac',
  'audio/flac',
  'audio/ogg',
  'audio/wav',
  'audio/amr',
  'audio/amr-wb',
  'text/plain',
]);

/** How the bytes of a media may leave: their type, and whether a browser may show them. */
export function servedAs(media: Pick<Media, 'sid' | 'contentType'>): {
  contentType: string;
  inline: boolean;
} {
  const type = media.contentType ?? 'application/octet-stream';
  if (!SHOWN_INLINE.has(type)) return { contentType: type, inline: false };
  return { contentType: type === 'text/plain' ? 'text/plain; charset=utf-8' : type, inline: true };
}
