import { lockBlob, type Transaction } from '../database/database.ts';
import type { JobQueue } from '../jobs/job-queue.ts';

/** The bytes of a media, as a file in the blob store that no row names yet. */
export interface NewBytes {
  key: string;
  /** 64 hexadecimal digits. */
  sha256: string;
  byteSize: number;
  /** Sniffed from the bytes, null when unknown. */
  contentType: string | null;
  /** What the sender said of them. */
  declaredContentType: string | null;
  /** When they were fetched for the first time; unset for what was never at Twilio. */
  firstTriedAt?: Date;
}

/**
 * Gives a pending media its bytes: the file becomes a blob, unless there is one of the same bytes
 * already, and the media goes on to its preview.
 *
 * @param tx the caller commits it
 * @returns whether the file is in use now; false also when somebody deleted the media meanwhile
 */
export async function linkBytes(
  tx: Transaction,
  queue: JobQueue,
  mediaSid: string,
  { key, sha256, byteSize, contentType, declaredContentType, firstTriedAt }: NewBytes,
): Promise<boolean> {
  await lockBlob(tx, sha256);
  const { count: isNew } = await tx.blob.createMany({
    data: [{ sha256, key, byteSize, contentType }],
    skipDuplicates: true,
  });
  const { count } = await tx.media.updateMany({
    where: { sid: mediaSid, state: 'pending', blobSha256: null },
    data: {
      blobSha256: sha256,
      contentType: servedContentType(contentType, declaredContentType),
      reason: 'The bytes are here, the preview is being made',
      attempts: { increment: 1 },
      fetchedAt: new Date(),
      ...(firstTriedAt === undefined ? {} : { firstTriedAt }),
      nextAttemptAt: null,
    },
  });
  if (count === 0) {
    if (isNew === 1) await tx.blob.delete({ where: { sha256 } });
    return false;
  }
  await queue.send(tx, 'preview-media', [{ payload: { mediaSid } }]);
  return isNew === 1;
}

/** What the bytes say; where they say nothing, as plain text does, what the sender said of text. */
function servedContentType(sniffed: string | null, declared: string | null): string {
  if (sniffed !== null) return sniffed;
  const text = /^text\/[a-z0-9.+-]{1,60}/i.exec(declared ?? '')?.[0];
  return text?.toLowerCase() ?? 'application/octet-stream';
}
