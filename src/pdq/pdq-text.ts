/** As 64 lower case hex digits. */
export function formatPdq(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('hex');
}
