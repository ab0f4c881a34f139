/** A hash has 256 bits: eight words of 32 bits, or sixteen bands of 16. */
export const BITS = 256;
export const WORDS = 8;
export const BANDS = 16;

/** @param at index of the hash's first word */
export function writeWords(hash: Uint8Array, words: Uint32Array, at: number): void {
  const view = new DataView(hash.buffer, hash.byteOffset, hash.byteLength);
  for (let n = 0; n < WORDS; n += 1) words[at + n] = view.getUint32(n * 4);
}

/** The words of one hash of 64 hex digits. */
export function readWords(hash: string): Uint32Array {
  const words = new Uint32Array(WORDS);
  writeWords(Buffer.from(hash, 'hex'), words, 0);
  return words;
}

/** One of the 16 bands, 0 to 65535. */
export function bandOf(words: Uint32Array, at: number, band: number): number {
  return ((words[at + (band >> 1)] as number) >>> ((band & 1) * 16)) & 0xffff;
}

/** @returns the Hamming distance; when it exceeds `most`, counting stops at any value above `most` */
export function distanceWithin(
  words: Uint32Array,
  at: number,
  query: Uint32Array,
  most: number,
): number {
  let distance = 0;
  for (let n = 0; n < WORDS && distance <= most; n += 1) {
    distance += countBits((words[at + n] as number) ^ (query[n] as number));
  }
  return distance;
}

/** How many of 32 bits are set [Warren, Hacker's Delight, 5-1]. */
export function countBits(word: number): number {
  let bits = (word - ((word >>> 1) & 0x55555555)) | 0;
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
