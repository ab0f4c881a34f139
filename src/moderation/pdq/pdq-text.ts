const FORM = /^[0-9a-f]{64}$/i;

/** @returns the 32 bytes of 64 hex digits, bit 255 first; null for any other text */
export function parsePdq(text: string): Uint8Array | null {
  return FORM.test(text) ? Uint8Array.from(Buffer.from(text, 'hex')) : null;
}

/** As 64 lower case hex digits. */
export function formatPdq(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('hex');
}
