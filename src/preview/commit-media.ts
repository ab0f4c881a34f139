import type { Database } from '../database/database.ts';
import { createGroupCommit } from '../database/group-commit.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { JobClaim } from '../jobs/job-list.ts';
import type { FileWriter } from '../media/file-writer.ts';
import { withNewFiles } from '../media/new-files.ts';
import type { Renderer } from './render-blob.ts';
import { type ReadyMedia, type StoreDeps, storeMedia } from './store-media.ts';

/** The job that has made an attachment ready; it is completed by the same commit. */
interface MediaJob {
  name: 'fetch-media' | 'preview-media';
  claim: JobClaim;
}

/**
 * Commits what the job of an attachment has made of it. Files that no row references afterwards are removed,
 * also when it rejects.
 */
export type CommitMedia = (ready: ReadyMedia, job: MediaJob) => Promise<void>;

interface Item {
  ready: ReadyMedia;
  job: MediaJob;
  /** An earlier commit has failed, or may have. */
  isRepeated: boolean;
}

const MAX_GROUP = 32;
// The more are being decoded, the more will be ready in a moment.
const WAIT_MS_EACH = 8;
const MAX_WAIT_MS = 100;

/**
 * Commits attachments in groups: what is ready within a moment shares a transaction, of a constant number of
 * statements. An attachment that is alone is committed at once.
 *
 * @param deps.pending how many files of at least a priority are being decoded: an attachment does not wait
 *   for less urgent ones
 */
export function createCommitMedia(
  deps: StoreDeps & {
    database: Database;
    blobs: BlobStore;
    writer: FileWriter;
    pending: Renderer['pending'];
  },
): CommitMedia {
  const { queue, pending } = deps;

  async function write(items: readonly Item[]): Promise<undefined[]> {
    const options = {
      isRepeated: items.some(({ isRepeated }) => isRepeated),
      isRepeatable: items.length > 1,
    };
    for (const item of items) item.isRepeated = true;
    const ready = items.map((item) => item.ready);
    const byName = Map.groupBy(items, ({ job }) => job.name);
    await withNewFiles(
      deps,
      ready.flatMap(filesOf),
      async (tx) => {
        const used = await storeMedia(tx, deps, ready);
        for (const [name, own] of byName) {
          const claims = own.map(({ job }) => job.claim);
          await queue.complete(tx, name, claims);
        }
        return used;
      },
      options,
    );
    for (const { job } of items) job.claim.isCompleted = true;
    return [];
  }

  const commit = createGroupCommit(write, {
    concurrency: 1,
    maxSize: MAX_GROUP,
    delayMs: ({ ready }) => Math.min(pending(ready.priority) * WAIT_MS_EACH, MAX_WAIT_MS),
  });
  return (ready, job) => commit({ ready, job, isRepeated: false });
}

function filesOf({ newBytes, preview }: ReadyMedia) {
  return [...(newBytes === null ? [] : [newBytes]), ...(preview?.files ?? [])];
}
