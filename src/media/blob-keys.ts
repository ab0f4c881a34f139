/** Where the bytes of a hash are, two levels deep so that no folder grows too large. */
export function blobKey(sha256: string): string {
  return `blobs/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`;
}

/** Where one preview of a hash is. */
export function previewKey(sha256: string, size: string): string {
  return `previews/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}-${size}.webp`;
}
