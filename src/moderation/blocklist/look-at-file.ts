import { mkdir } from 'node:fs/promises';
import type { BlobStore } from '../../files/blob-store.ts';
import { sniffContentType } from '../../media/download/sniff-content-type.ts';
import type { PreviewPool } from '../../preview/preview-pool.ts';
import type { PreviewResult } from '../../preview/preview-result.ts';

/**
 * Says what a file in the scratch folder is and, of a picture, what it looks like. Decoded in a process
 * of its own, like everything that strangers send.
 */
export function createLookAtFile({ blobs, pool }: { blobs: BlobStore; pool: PreviewPool }) {
  return async (file: {
    path: string;
    size: number;
  }): Promise<{ contentType: string | null; picture: PreviewResult['pdq'] }> => {
    const { path, size: byteSize } = file;
    const contentType = await sniffContentType(path);
    if (!contentType?.startsWith('image/')) return { contentType, picture: null };
    const scratchFolder = blobs.scratchPath('look');
    try {
      await mkdir(scratchFolder);
      const source = { path, contentType, byteSize, scratchFolder, withLocation: false };
      const { pdq } = await pool.run(source, new AbortController().signal);
      return { contentType, picture: pdq };
    } finally {
      await blobs.discard(scratchFolder);
    }
  };
}
