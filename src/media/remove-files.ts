import type { BlobStore } from '../files/blob-store.ts';
import type { JobHandler } from '../jobs/job-list.ts';

/** The job `remove-files`: removes files that no row names any more; those already gone are fine. */
export function createRemoveFiles(blobs: BlobStore): JobHandler<'remove-files'> {
  return async ({ keys }) => {
    for (const key of keys) await blobs.remove(key);
  };
}
