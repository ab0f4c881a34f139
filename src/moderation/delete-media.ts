import { AppError } from '../errors.ts';
import type { Media } from '../generated/prisma/client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { lockBlob } from '../storage/blob-lock.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Database, Transaction } from '../storage/database.ts';

const BACKSTOP_MS = 60_000;

export interface DeleteDeps {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  /** Whether Twilio's copy goes too. */
  deleteUpstream: boolean;
}

/**
 * Deletes one media. When this resolves its bytes, previews and temporary files are gone from here,
 * unless another media has the same bytes; its row is a tombstone, and Twilio's copy follows by job.
 *
 * @throws AppError `not_found`, or `media_deleted` when it was deleted before
 */
export type DeleteMedia = (sid: string) => Promise<void>;

export function createDeleteMedia(deps: DeleteDeps): DeleteMedia {
  const { database, queue, blobs } = deps;
  return async (sid) => {
    let keys: string[] | null = null;
    // Bytes may arrive between reading the row and locking them: then look again.
    while (keys === null) {
      keys = await database.prisma.$transaction((tx) => forget(tx, deps, sid));
    }
    // After the commit, as no row names these files any more, and none ever will.
    await blobs.discard(sid);
    const [blobKey] = keys;
    if (blobKey !== undefined) await blobs.discard(blobKey);
    for (const key of keys) await blobs.remove(key);
  };

  /** @returns the files that nothing needs any more, the blob's first; null when the row changed meanwhile */
  async function forget(
    tx: Transaction,
    { deleteUpstream }: DeleteDeps,
    sid: string,
  ): Promise<string[] | null> {
    const media = await tx.media.findUnique({ where: { sid } });
    if (media === null) throw new AppError('not_found', 'There is no media with this sid.');
    if (media.state === 'deleted') throw new AppError('media_deleted', 'It was deleted before.');
    const { blobSha256 } = media;
    if (blobSha256 !== null) await lockBlob(tx, blobSha256);
    const upstream = upstreamAfter(media, deleteUpstream);
    const { count } = await tx.media.updateMany({
      where: { sid, state: { not: 'deleted' }, blobSha256 },
      // The job that deletes Twilio's copy needs its address, and forgets it.
      data: { ...tombstone(), upstream, ...(upstream === 'deleting' ? {} : { url: null }) },
    });
    if (count === 0) return null;
    if (upstream === 'deleting') {
      await queue.send(tx, 'delete-upstream', [{ payload: { mediaSid: sid } }]);
    }
    return blobSha256 === null ? [] : forgetUnusedBlob(tx, blobSha256);
  }

  async function forgetUnusedBlob(tx: Transaction, sha256: string): Promise<string[]> {
    if ((await tx.media.count({ where: { blobSha256: sha256 } })) > 0) return [];
    const blob = await tx.blob.delete({ where: { sha256 }, include: { previews: true } });
    const keys = [blob.key, ...blob.previews.map(({ key }) => key)];
    // Should this process end before it has removed them.
    const startAfter = new Date(Date.now() + BACKSTOP_MS);
    await queue.send(tx, 'remove-files', [{ payload: { keys }, startAfter }]);
    return keys;
  }
}

function upstreamAfter({ url, upstream }: Media, deleteUpstream: boolean): Media['upstream'] {
  if (url === null) return 'none';
  return upstream === 'kept' && deleteUpstream ? 'deleting' : upstream;
}

/** What stays: the sids, for which nobody can be found, and the times. */
function tombstone() {
  return {
    state: 'deleted',
    deletedAt: new Date(),
    reason: null,
    nextAttemptAt: null,
    blobSha256: null,
    from: null,
    to: null,
    fileName: null,
  } as const satisfies Partial<Media>;
}
