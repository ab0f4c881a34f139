import type { BlocklistKind } from '../../generated/prisma/client.ts';

/** What is kept out: bytes by their SHA-256, or pictures that look alike by their PDQ hash. */
export interface BlocklistHash {
  kind: BlocklistKind;
  /** 64 lower case hexadecimal digits. */
  hash: string;
}

/** A picture's PDQ hash, and how much there was to tell it apart by. */
export interface PictureHash {
  /** 64 hexadecimal digits. */
  hash: string;
  /** 0 to 100. */
  quality: number;
}

/** Below that a hash says too little: plain areas all look alike [PDQ, hashing.pdf]. */
export const LEAST_QUALITY = 50;
/** In how many of 256 bits hashes of the same picture may differ, as programmes that share hashes do. */
export const MOST_DISTANCE = 31;

/** Whether a picture can be told from others by its hash. */
export function isTelling(picture: PictureHash | null): picture is PictureHash {
  return picture !== null && picture.quality >= LEAST_QUALITY;
}

/** By what a file is recognised: its bytes and, of a picture that is telling, its look. */
export function hashesOf(sha256: string, picture: PictureHash | null): BlocklistHash[] {
  const bytes: BlocklistHash = { kind: 'sha256', hash: sha256 };
  return isTelling(picture) ? [bytes, { kind: 'pdq', hash: picture.hash }] : [bytes];
}
