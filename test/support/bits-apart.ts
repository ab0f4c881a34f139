/** Hamming distance of two hashes, counted bit by bit: the reference for faster implementations. */
export function bitsApart(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (let bit = 0; bit < a.length * 8; bit += 1) {
    const digit = (hash: Uint8Array) => ((hash[bit >> 3] ?? 0) >> (bit & 7)) & 1;
    if (digit(a) !== digit(b)) count += 1;
  }
  return count;
}
