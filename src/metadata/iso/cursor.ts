/** Reads numbers from untrusted bytes, one after the other. */
export interface Cursor {
  readonly at: number;
  /** How many bytes are left. */
  readonly left: number;
  /** Big-endian, of 0 to 8 bytes; 0 of 0 bytes. */
  uint(bytes: number): number;
  take(bytes: number): Buffer;
}

/**
 * @param fail makes the error for a position behind the last byte
 * @throws what `fail` returns, from its methods
 */
export function createCursor(bytes: Buffer, fail: (at: number) => Error): Cursor {
  let at = 0;

  /** @returns where what was skipped begins */
  function skip(length: number): number {
    if (length > bytes.length - at) throw fail(at);
    at += length;
    return at - length;
  }

  return {
    get at() {
      return at;
    },
    get left() {
      return bytes.length - at;
    },
    take: (length) => bytes.subarray(skip(length), at),
    uint(length) {
      // Not by `take`: tables have hundreds of thousands of numbers.
      const start = skip(length);
      if (length === 0) return 0;
      if (length <= 6) return bytes.readUIntBE(start, length);
      // Larger than a safe integer is larger than any file.
      const value = Number(bytes.readBigUInt64BE(start));
      if (!Number.isSafeInteger(value)) throw fail(at);
      return value;
    },
  };
}
