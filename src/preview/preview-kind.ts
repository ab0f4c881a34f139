import type { Picture } from './kinds/picture.ts';
import type { MediaDetails } from './media-details.ts';
import type { PreviewTypeGroup } from './preview-types.ts';

/** What stands for a media in a gallery; `card` is the typed card of what has no kind of its own. */
export const PREVIEW_KINDS = [
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

/** The bytes to render, and what is known of them. */
export interface PreviewSource {
  path: string;
  /** Sniffed; null when unknown. */
  contentType: string | null;
  /** In bytes. */
  byteSize: number;
  /** For temporary files; removed by the caller. */
  scratchFolder: string;
  /** Whether the place where a picture was taken may be told. */
  withLocation: boolean;
}

/** What a kind made of the bytes. */
export interface Rendered {
  kind: PreviewKindName;
  /** Upright, at most as large as the largest thumbnail. */
  picture: Picture;
  /** How the file stores the picture (EXIF, 1 to 8); undefined where that is upright. */
  orientation?: number | undefined;
  /** Of the media as it is shown, in pixels; null for what has no size of its own. */
  size: { width: number; height: number } | null;
  details: MediaDetails;
  /** An animated WebP file in the scratch folder. */
  animation?: { path: string; width: number; height: number; byteSize: number };
  /** Why the picture shows less than one would expect. */
  reason?: string;
}

/** What a kind lacks on this machine, and how to get it. */
export interface MissingTool {
  problem: string;
  remedy: string;
}

/** One way to make a preview, for some types. Runs in the preview process alone. */
export interface PreviewKind {
  name: PreviewTypeGroup;
  /** Sniffed content types; null stands for bytes of no known type. */
  types: ReadonlySet<string | null>;
  /** Null when it works on this machine. */
  probe(): Promise<MissingTool | null>;
  /** @throws UndecodableError; anything else counts as damaged bytes too, without its words */
  render(source: PreviewSource): Promise<Rendered>;
}

/** The bytes are to blame, and `message` tells people why. It quotes nothing of them. */
export class UndecodableError extends Error {
  override readonly name = 'UndecodableError';
}
