import { randomBytes } from 'node:crypto';

// Two levels deep, so that no folder grows too large.
function place(folder: string, sha256: string): string {
  const unique = randomBytes(6).toString('hex');
  return `${folder}/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}-${unique}`;
}

/**
 * A new place for the bytes of a hash. No two are the same, so a file belongs to the one row that
 * names it: removing it can never take away what another row has.
 */
export function newBlobKey(sha256: string): string {
  return place('blobs', sha256);
}

/**
 * A new place for one preview of a hash.
 *
 * @param contentType such as `image/webp`
 */
export function newPreviewKey(sha256: string, size: string, contentType: string): string {
  return `${place('previews', sha256)}-${size}.${contentType.split('/')[1]}`;
}
