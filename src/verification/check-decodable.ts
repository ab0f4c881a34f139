import { mkdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { asError } from '../errors/caught.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { AFTER_NEW } from '../jobs/job-list.ts';
import type { PreviewPool } from '../preview/preview-pool.ts';
import type { StoredFile } from './stored-file.ts';

/** Null when a picture could be decoded, or is none; else why not. */
export type CheckDecodable = (file: StoredFile, signal: AbortSignal) => Promise<string | null>;

/**
 * Decodes thumbnails and pictures of which no hash is known, in a decoder process.
 *
 * @throws when the file could not be decoded for a reason that is not its bytes
 */
export function createCheckDecodable(deps: {
  blobs: BlobStore;
  pool: Pick<PreviewPool, 'run'>;
}): CheckDecodable {
  const { blobs, pool } = deps;

  return async ({ key, contentType, byteSize }, signal) => {
    if (!contentType?.startsWith('image/')) return null;
    const scratchFolder = blobs.scratchPath(basename(key));
    try {
      await mkdir(scratchFolder);
      const { kind, reason } = await blobs.withLocalFile(key, (path) => {
        const request = { path, contentType, byteSize, scratchFolder, withLocation: false };
        return pool.run(request, signal, AFTER_NEW);
      });
      return kind === 'card' ? (reason ?? 'It shows no picture') : null;
    } finally {
      // A scratch file that stays is swept later; it says nothing about this one.
      await blobs.discard(scratchFolder).catch(asError);
    }
  };
}
