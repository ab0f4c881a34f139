import type { RequireRole } from '../auth/authentication.ts';
import type { Database } from '../database/database.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { createReadUpload } from '../media/read-upload.ts';
import { createBlockHashes } from '../moderation/blocklist/block-hashes.ts';
import { createBlockMedia } from '../moderation/blocklist/block-media.ts';
import { createBlocklistRouter } from '../moderation/blocklist/blocklist-router.ts';
import { createImportHashList } from '../moderation/blocklist/import-hash-list.ts';
import { createLookAtFile } from '../moderation/blocklist/look-at-file.ts';
import { createRemoveEntry } from '../moderation/blocklist/remove-entry.ts';
import { createUploadBlocklist } from '../moderation/blocklist/upload-blocklist.ts';
import type { PreviewPool } from '../preview/preview-pool.ts';
import type { AppDeps } from './app.ts';

/** Of a list or picture that is uploaded: room for three million hashes. */
const MOST_BYTES = 256 * 1024 ** 2;

/** The routes of the blocklist, with the parts of other folders that they need. */
export function createBlocklistRoutes(deps: {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  pool: PreviewPool;
  requireRole: RequireRole;
}): AppDeps['routers'][number] {
  const { database, queue, blobs, requireRole } = deps;
  const blockHashes = createBlockHashes(database, queue);
  return createBlocklistRouter({
    ...{ database, requireRole },
    readUpload: createReadUpload(blobs, { field: 'file', most: 1, maxBytes: MOST_BYTES }),
    discard: blobs.discard,
    uploadBlocklist: createUploadBlocklist({
      lookAtFile: createLookAtFile(deps),
      blockHashes,
      importHashList: createImportHashList(database, queue),
    }),
    blockMedia: createBlockMedia(database, blockHashes),
    removeEntry: createRemoveEntry(database),
  });
}
