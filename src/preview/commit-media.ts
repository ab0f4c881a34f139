import type { Database } from '../database/database.ts';
import { createGroupCommit } from '../database/group-commit.ts';
import { isConnectionTimeout, isDatabaseOutage } from '../database/server-client.ts';
import { asError } from '../errors/caught.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { Media } from '../generated/prisma/client.ts';
import { isPatient, type JobClaim } from '../jobs/job-list.ts';
import { onDisk } from '../media/disk-error.ts';
import type { FileWriter } from '../media/file-writer.ts';
import {
  adoptFiles,
  type NewFile,
  removeUnlessUsed,
  type ScratchFile,
  withNewFiles,
} from '../media/new-files.ts';
import type { Tracing } from '../monitoring/tracing.ts';
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
 *
 * @param scratchFiles files of the attachment that are moved into the blob store right before the commit, so that
 *   until then a deletion finds them; each attachment is uploaded to a bucket without waiting for others
 * @throws DownloadError `disk-full`, `disk-error`, `store-error` when they cannot be moved
 */
export type CommitMedia = (
  ready: ReadyMedia,
  job: MediaJob,
  scratchFiles?: readonly ScratchFile[],
) => Promise<void>;

interface Item {
  ready: ReadyMedia;
  job: MediaJob;
  scratchFiles: readonly ScratchFile[];
  isAdopted: boolean;
  /** An earlier commit has failed, or its outcome is unknown. */
  isRepeated: boolean;
}

const MAX_GROUP = 32;
// The more are being decoded, the more will be ready in a moment.
const WAIT_MS_EACH = 8;
const MAX_WAIT_MS = 100;

/**
 * Commits attachments in groups: what is ready within a moment shares a transaction, of a constant number of
 * statements. An attachment that is alone is committed at once. When an attachment cannot be stored, its bytes are
 * linked nevertheless, and the rest is left to the job `preview-media`.
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
    tracing: Tracing;
    /** Called after the commit. */
    onStored: (media: readonly Media[]) => void;
  },
): CommitMedia {
  const { pending } = deps;

  async function writeGroup(items: readonly Item[]): Promise<(Error | null)[]> {
    const problems = await Promise.all(items.map(adopt));
    const adopted = items.filter((_, place) => problems[place] === null);
    const [first] = adopted;
    if (adopted.length > 1) await write(adopted, { keepOnFailure: true });
    else if (first !== undefined) await writeAlone(first);
    return problems;
  }

  /** @returns why its files cannot be moved into the blob store, as when a deletion has removed them */
  async function adopt(item: Item): Promise<Error | null> {
    if (item.isAdopted) return null;
    try {
      await onDisk(adoptFiles(deps.blobs, item.scratchFiles));
      item.isAdopted = true;
      return null;
    } catch (error) {
      return asError(error);
    }
  }

  async function writeAlone(item: Item): Promise<void> {
    const { ready } = item;
    if (ready.newBytes === null) return write([item]);
    try {
      await write([item], { keepOnFailure: true });
    } catch (error) {
      if (isOutage(error)) throw error;
      // Tried again by a job of its own, which records what is wrong.
      const bytesOnly = { ...ready, preview: null, screening: null };
      await write([{ ...item, ready: bytesOnly }], { files: filesOf(ready) });
    }
  }

  async function write(
    items: readonly Item[],
    { keepOnFailure = false, files = items.flatMap(({ ready }) => filesOf(ready)) } = {},
  ): Promise<void> {
    const mayBeCommitted = items.some(({ isRepeated }) => isRepeated);
    for (const item of items) item.isRepeated = true;
    let stored: Media[] = [];
    const byName = Map.groupBy(items, ({ job }) => job.name);
    const committing = withNewFiles(
      deps,
      files,
      async (tx) => {
        const { used, stored: storedNow } = await storeMedia(
          tx,
          deps,
          items.map(({ ready }) => ready),
        );
        stored = storedNow;
        for (const [name, own] of byName) {
          const claims = own.map(({ job }) => job.claim);
          await deps.queue.complete(tx, name, claims);
        }
        return used;
      },
      { mayBeCommitted, keepOnFailure },
    );
    await committing.catch(async (error) => {
      if (keepOnFailure && isOutage(error)) await removeUnlessUsed(deps, files);
      throw error;
    });
    deps.onStored(stored);
    for (const { job } of items) job.claim.isCompleted = true;
  }

  const newGroupCommit = () =>
    createGroupCommit(writeGroup, {
      concurrency: 1,
      maxSize: MAX_GROUP,
      isOutage,
      delayMs: ({ ready }) => Math.min(pending(ready.priority) * WAIT_MS_EACH, MAX_WAIT_MS),
    });
  const [commitUrgent, commitPatient] = [newGroupCommit(), newGroupCommit()];
  return async (ready, job, scratchFiles = []) => {
    const item = { ready, job, scratchFiles, isAdopted: false, isRepeated: false };
    // An upload may take minutes, for which the others of a group would wait.
    if (scratchFiles.some(({ key }) => !deps.blobs.isLocal(key))) {
      const failure = await adopt(item);
      if (failure !== null) throw failure;
    }
    const commit = isPatient(ready) ? commitPatient : commitUrgent;
    const problem = await deps.tracing.step('store', () => commit(item));
    if (problem !== null) throw problem;
  };
}

/** No item is at fault then: all of the group fails at once. */
function isOutage(error: unknown): boolean {
  return isDatabaseOutage(error) || isConnectionTimeout(error);
}

function filesOf({ newBytes, preview }: ReadyMedia): NewFile[] {
  return [...(newBytes === null ? [] : [newBytes]), ...(preview?.files ?? [])];
}
