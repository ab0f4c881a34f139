import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import type { Picture } from './kinds/picture.ts';
import type { MediaDetails, PreviewKindName } from './preview-result.ts';
import type { PreviewTypeGroup } from './preview-types.ts';

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

/** Why there is no picture, or less of one than there is, in words for people. They quote nothing of a file. */
export const REASONS = {
  damaged: 'It cannot be decoded: its bytes are damaged or cut short',
  partial: 'Its bytes are damaged or cut short: only a part of it could be decoded',
  tooManyPixels: 'The picture has more pixels than are decoded',
  tooManyChannels: 'The picture has more colour channels than are decoded',
  tooMuchMemory: 'Decoding needs more memory than is allowed',
  noDecoder: 'The ffmpeg of the server does not decode this format',
  unsupported: 'It uses a feature of its format that is not decoded here',
} as const;

// What sharp (with the libraries inside it), PDFium, V8 and ffmpeg say. The first that matches counts.
const WORDS: readonly [RegExp, string][] = [
  [/pixel limit|exceeds (the )?(maximum|limit)|too (wide|high|large)/i, REASONS.tooManyPixels],
  [/channel limit/i, REASONS.tooManyChannels],
  // WebAssembly where a decoder has lost its way; libjpeg at what is no marker; sharp where no loader
  // knows the first bytes of a type that was sniffed by them.
  [/out of bounds|unsupported marker|unsupported image format/i, REASONS.damaged],
  [/memory|allocat/i, REASONS.tooMuchMemory],
  [
    /unsupported|not (yet )?(supported|implemented|configured|built in)|no known route|labq|multiband|patches are welcome/i,
    REASONS.unsupported,
  ],
  [/unknown input format|decoder .*not found|no decoder/i, REASONS.noDecoder],
];

/** The reason for whatever a decoder threw. */
export function reasonOf(error: unknown): string {
  if (error instanceof UndecodableError) return error.message;
  return reasonFor(error instanceof Error ? error.message : '');
}

/** The reason for what a decoder said. */
export function reasonFor(words: string): string {
  return WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? REASONS.damaged;
}

/** The first bytes of a file, all of a shorter one. */
export function readBeginning(path: string, mostBytes: number): Promise<Buffer> {
  return buffer(createReadStream(path, { end: mostBytes - 1 }));
}
