import type { JobHandler } from '../jobs/job-list.ts';
import type { BlobStore } from '../storage/blob-store.ts';

/** The job `remove-files`: removes files that no row names any more; those already gone are fine. */
export function createRemoveFiles(blobs: BlobStore): JobHandler<'remove-files'> {
  return async ({ keys }) => {
    for (const key of keys) await blobs.remove(key);
  };
}
