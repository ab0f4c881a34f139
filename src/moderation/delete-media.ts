import { AppError } from '../errors.ts';
import type { Media } from '../generated/prisma/client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { lockBlob } from '../media/blob-lock.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Database, Transaction } from '../storage/database.ts';

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

export function createDeleteMedia({ database, ...deps }: DeleteDeps): DeleteMedia {
  return async (sid) => {
    // Bytes may arrive between reading the row and locking them: then look again.
    while (!(await database.prisma.$transaction((tx) => tryDelete(tx, deps, sid))));
  };
}

async function tryDelete(
  tx: Transaction,
  { queue, blobs, deleteUpstream }: Omit<DeleteDeps, 'database'>,
  sid: string,
): Promise<boolean> {
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
  if (count === 0) return false;
  if (upstream === 'deleting') {
    await queue.send(tx, 'delete-upstream', [{ payload: { mediaSid: sid } }]);
  }
  await blobs.discard(sid);
  if (blobSha256 !== null) await removeUnusedBlob(tx, blobs, blobSha256);
  return true;
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

/** Files go before the commit: rather a row whose bytes are gone than bytes nobody knows of. */
async function removeUnusedBlob(tx: Transaction, blobs: BlobStore, sha256: string): Promise<void> {
  if ((await tx.media.count({ where: { blobSha256: sha256 } })) > 0) return;
  const blob = await tx.blob.delete({ where: { sha256 }, include: { previews: true } });
  await blobs.discard(sha256);
  for (const { key } of blob.previews) await blobs.remove(key);
  await blobs.remove(blob.key);
}
