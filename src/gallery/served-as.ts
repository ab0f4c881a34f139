import type { Media } from '../generated/prisma/client.ts';

/** Types that a browser shows without running anything. */
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

/** Types that leave under their own name, as a download: few browsers show them, none runs them. */
const DOWNLOADED: ReadonlySet<string> = new Set([
  'image/heic',
  'image/heic-sequence',
  'image/heif',
  'image/heif-sequence',
  'image/tiff',
  'image/jp2',
  'image/jpx',
  'image/j2c',
  'image/jls',
  'image/jxl',
  'image/x-icon',
  'image/x-adobe-dng',
  'video/3gpp2',
  'video/ogg',
  'video/matroska',
  'video/mpeg',
  'video/MP1S',
  'video/MP2P',
  'video/mp2t',
  'video/vnd.avi',
  'video/x-flv',
  'video/x-ms-asf',
  'audio/ac3',
  'audio/aiff',
  'audio/basic',
  'audio/eac3',
  'audio/midi',
  'audio/qcelp',
  'audio/vnd.dolby.dd-raw',
  'audio/vnd.dts',
  'audio/x-caf',
  'audio/x-ms-asf',
  'application/pdf',
  'text/vcard',
  'text/x-vcard',
  'text/calendar',
  'text/x-vcalendar',
]);

const OTHER = 'application/octet-stream';

/**
 * How the bytes of a media item may leave: their type, and whether a browser may show them. They are a
 * stranger's, so only types that are listed here leave under their own name: a script, a style sheet, HTML
 * or SVG of this origin would be run or applied by pages that trust it. The rest is
 * `application/octet-stream`.
 */
export function servedAs({ contentType }: Pick<Media, 'contentType'>): {
  contentType: string;
  inline: boolean;
} {
  const type = contentType ?? OTHER;
  if (type === 'text/plain') return { contentType: 'text/plain; charset=utf-8', inline: true };
  if (SHOWN_INLINE.has(type)) return { contentType: type, inline: true };
  return { contentType: DOWNLOADED.has(type) ? type : OTHER, inline: false };
}
