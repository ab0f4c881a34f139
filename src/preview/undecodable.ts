import { UndecodableError } from './preview-kind.ts';

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
