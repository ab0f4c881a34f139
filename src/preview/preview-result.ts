import { z } from 'zod';
import type { MediaDetails } from './media-details.ts';
import type { PerceptualHash } from './perceptual-hash.ts';

/** The kinds of previews; `card` is the typed card of files that no kind can render. */
const PREVIEW_KINDS = [
  'image',
  'animation',
  'video',
  'audio',
  'pdf',
  'contact',
  'calendar',
  'text',
  'card',
] as const;

/** `none` stands for media that an earlier version stored without a preview. */
export const previewKindName = z.enum([...PREVIEW_KINDS, 'none']);

export type PreviewKindName = (typeof PREVIEW_KINDS)[number];

/** The preview of an attachment: its kind, facts and thumbnails. */
export interface PreviewResult {
  kind: PreviewKindName;
  /** Why it shows less than one would expect; null when it is complete. */
  reason: string | null;
  /** Of the attachment as displayed, in pixels; null for types without a size in pixels. */
  size: { width: number; height: number } | null;
  /** ThumbHash, base64. */
  thumbhash: string;
  /** Of pictures, videos and animations; null for all others. */
  pdq: PerceptualHash | null;
  details: MediaDetails;
  files: PreviewFile[];
}

/** Longest side of each still thumbnail, in pixels. Pictures are never enlarged. */
export const PREVIEW_SIZES = { small: 160, medium: 480, large: 1280 } as const;

export type StillSize = keyof typeof PREVIEW_SIZES;

/** `animated` exists for animations only, and is as large as `medium`. */
type PreviewSizeName = StillSize | 'animated';

/** One thumbnail as the preview process wrote it. */
export interface PreviewFile {
  size: PreviewSizeName;
  path: string;
  contentType: 'image/webp' | 'image/jpeg';
  /** In pixels. */
  width: number;
  height: number;
  byteSize: number;
  /** SHA-256 of the file, in hexadecimal digits. */
  fileSha256: string;
}

/** As sharp's `resize` takes it: within a square of `side` pixels, never enlarged. */
export function within(side: number) {
  return { width: side, height: side, fit: 'inside', withoutEnlargement: true } as const;
}
