import type { Router } from 'express';
import type { Guard } from '../http/resource-router.ts';
import { createReadUpload } from '../media/uploads.ts';
import { createBlockHashes } from '../moderation/blocklist/block-hashes.ts';
import {
  createCountRemoval,
  createRemoveEntry,
} from '../moderation/blocklist/blocklist-entries.ts';
import { createBlocklistRouter } from '../moderation/blocklist/blocklist-router.ts';
import { createImportHashList } from '../moderation/blocklist/import-hash-list.ts';
import {
  createInspectFile,
  createUploadBlocklist,
} from '../moderation/blocklist/upload-blocklist.ts';
import type { RequireOneReviewer } from '../moderation/reviews/proposals.ts';
import type { Services } from './services.ts';

/** Of a list or picture that is uploaded: room for three million hashes. */
const MAX_BYTES = 256 * 1024 ** 2;

/** The routes of the blocklist, with the services of other folders that they need. */
export function createBlocklistRoutes(
  guard: Guard,
  { database, queue, blobs, pool }: Services,
  requireOneReviewer: RequireOneReviewer,
): Router {
  return createBlocklistRouter(guard, {
    database,
    readUpload: createReadUpload(blobs, {
      field: 'file',
      most: 1,
      maxBytes: MAX_BYTES,
      atOnce: 4,
    }),
    discard: blobs.discard,
    uploadBlocklist: createUploadBlocklist({
      inspectFile: createInspectFile({ blobs, pool }),
      blockHashes: createBlockHashes(database, queue),
      importHashList: createImportHashList(database, queue),
    }),
    removeEntry: createRemoveEntry(database),
    countRemoval: createCountRemoval(database),
    requireOneReviewer,
  });
}
