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
}

/** As sharp's `resize` takes it: within a square of `side` pixels, never enlarged. */
export function within(side: number) {
  return { width: side, height: side, fit: 'inside', withoutEnlargement: true } as const;
}

/**
 * Facts from the bytes of an attachment, as the API returns them under `details`. Only those that were found
 * are present. Texts are untrusted, and shortened to 200 characters each.
 */
export interface MediaDetails {
  /** Of video, audio and animations, as the file claims. */
  durationSeconds?: number;
  /** Of an animation. */
  frames?: number;
  /** Of a PDF, or of a TIFF with several pictures. */
  pages?: number;
  /** Whether a PDF needs a password. */
  encrypted?: boolean;
  videoCodec?: string;
  audioCodec?: string;
  /**
   * When a picture was taken, ISO 8601; without a UTC offset when the camera did not write one. Absent
   * when the time is not plausible.
   */
  takenAt?: string;
  /** Make and model. */
  camera?: string;
  /** Where a picture was taken, in degrees; only with EXTRACT_LOCATION. */
  location?: { latitude: number; longitude: number };
  /** How many contacts are in the file. */
  contactCount?: number;
  /** The first of them, at most 10. */
  contacts?: ContactDetails[];
  /** How many events are in the file. */
  eventCount?: number;
  /** The first of them, at most 10. */
  events?: EventDetails[];
  /** Of a text: the encoding that was detected, as the WHATWG names it. */
  encoding?: string;
  /** Of a text. */
  lineCount?: number;
}

export interface ContactDetails {
  name: string;
  organization?: string;
  /** At most 5. */
  phones: string[];
  /** At most 5. */
  emails: string[];
}

export interface EventDetails {
  summary: string;
  /** ISO 8601: with Z or an offset, without one for floating times; a date for all-day events. */
  start?: string;
  end?: string;
  /** Of `start` and `end`, if the file names one, such as `Europe/Berlin`. */
  timeZone?: string;
  location?: string;
}
