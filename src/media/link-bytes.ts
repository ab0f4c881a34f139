import { lockBlob, type Transaction } from '../database/database.ts';
import type { JobQueue } from '../jobs/job-queue.ts';

/** The bytes of an attachment, as a file in the blob store that no row references yet. */
export interface NewBytes {
  key: string;
  /** 64 hexadecimal digits. */
  sha256: string;
  byteSize: number;
  /** Sniffed from the bytes, null when unknown. */
  contentType: string | null;
  /** The content type that the sender declared. */
  declaredContentType: string | null;
  /** When the fetch was first tried; unset for attachments that were never at Twilio. */
  firstTriedAt?: Date;
}

/**
 * Links a pending attachment to its bytes: the file becomes a blob, unless one with the same bytes
 * exists, and the preview job is queued.
 *
 * @param tx the caller commits it
 * @returns whether the file is in use now; false also when the attachment was deleted meanwhile
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

/** The sniffed type; for bytes without one, such as plain text, the declared type if it is `text/*`. */
function servedContentType(sniffed: string | null, declared: string | null): string {
  if (sniffed !== null) return sniffed;
  const text = /^text\/[a-z0-9.+-]{1,60}/i.exec(declared ?? '')?.[0];
  return text?.toLowerCase() ?? 'application/octet-stream';
}
