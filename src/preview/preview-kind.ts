import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import type { Picture } from './kinds/picture.ts';
import type { MediaDetails } from './media-details.ts';
import type { PreviewKindName } from './preview-result.ts';
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
  /** Whether to include where a picture was taken in `details`. */
  withLocation: boolean;
  /** Of the picture that is rendered, in pixels; by default of the largest thumbnail. */
  longestSide?: number;
  /** Of a document, from 1, which is the default. */
  page?: number;
  /** How much of a sound is converted to speech, in seconds. */
  mostSeconds?: number;
}

/** What a kind has rendered from the bytes. */
export interface Rendered {
  kind: PreviewKindName;
  /** Upright, at most as large as `longestSide`. */
  picture: Picture;
  /** How the file stores the picture (EXIF, 1 to 8); undefined when that is upright. */
  orientation?: number | undefined;
  /** Of the attachment as displayed, in pixels; null for types without a size in pixels. */
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

/** One way to make a preview, for some types. Runs only in the preview process. */
export interface PreviewKind {
  name: PreviewTypeGroup;
  /** Sniffed content types; null stands for bytes of no known type. */
  types: ReadonlySet<string | null>;
  /** Null when it works on this machine. */
  probe(): Promise<MissingTool | null>;
  /** @throws UndecodableError; other errors get a reason by `reasonOf`, and their message is not shown */
  render(source: PreviewSource): Promise<Rendered>;
}

/** The bytes cannot be decoded. `message` is shown to users, and quotes nothing of the file. */
export class UndecodableError extends Error {
  override readonly name = 'UndecodableError';
}

/** Messages for users: why there is no picture, or only a part of it. They quote nothing of a file. */
export const REASONS = {
  damaged: 'It cannot be decoded: its bytes are damaged or cut short',
  partial: 'Its bytes are damaged or cut short: only a part of it could be decoded',
  tooManyPixels: 'The picture has more pixels than are decoded',
  tooManyChannels: 'The picture has more colour channels than are decoded',
  tooMuchMemory: 'Decoding needs more memory than is allowed',
  noDecoder: 'The ffmpeg of the server does not decode this format',
  unsupported: 'It uses a feature of its format that is not decoded here',
} as const;

// Error messages of sharp (with its bundled libraries), PDFium, V8 and ffmpeg. The first match counts.
const DECODER_MESSAGES: readonly [RegExp, string][] = [
  [/pixel limit|exceeds (the )?(maximum|limit)|too (wide|high|large)/i, REASONS.tooManyPixels],
  [/channel limit/i, REASONS.tooManyChannels],
  // WebAssembly on an invalid memory access; libjpeg on an invalid marker; sharp when no loader accepts the
  // bytes, although their type was sniffed.
  [/out of bounds|unsupported marker|unsupported image format/i, REASONS.damaged],
  [/memory|allocat/i, REASONS.tooMuchMemory],
  [
    /unsupported|not (yet )?(supported|implemented|configured|built in)|no known route|labq|multiband|patches are welcome/i,
    REASONS.unsupported,
  ],
  [/unknown input format|decoder .*not found|no decoder/i, REASONS.noDecoder],
];

/** The reason to show for an error that a decoder threw. */
export function reasonOf(error: unknown): string {
  if (error instanceof UndecodableError) return error.message;
  return reasonFor(error instanceof Error ? error.message : '');
}

/** The reason to show for a decoder's error message. */
export function reasonFor(message: string): string {
  return DECODER_MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ?? REASONS.damaged;
}

/** The first bytes of a file, or all of a shorter one. */
export function readBeginning(path: string, mostBytes: number): Promise<Buffer> {
  return buffer(createReadStream(path, { end: mostBytes - 1 }));
}
