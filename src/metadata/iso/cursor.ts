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

  function take(length: number): Buffer {
    if (length > bytes.length - at) throw fail(at);
    at += length;
    return bytes.subarray(at - length, at);
  }

  return {
    get at() {
      return at;
    },
    get left() {
      return bytes.length - at;
    },
    take,
    uint(length) {
      const field = take(length);
      if (length === 0) return 0;
      if (length <= 6) return field.readUIntBE(0, length);
      // Larger than a safe integer is larger than any file.
      const value = Number(field.readBigUInt64BE(0));
      if (!Number.isSafeInteger(value)) throw fail(at);
      return value;
    },
  };
}
