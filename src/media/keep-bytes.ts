import type { JobQueue } from '../jobs/job-queue.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Transaction } from '../storage/database.ts';
import { blobKey } from './blob-keys.ts';
import { lockBlob } from './blob-lock.ts';

/** A file in the scratch folder, not yet a blob. */
export interface ScratchFile {
  path: string;
  /** 64 hexadecimal digits. */
  sha256: string;
  byteSize: number;
  /** Sniffed from the bytes, null when unknown. */
  contentType: string | null;
}

/**
 * Gives a pending media its bytes: the file becomes a blob (or joins the same one), and the media
 * goes on to its preview.
 *
 * @param tx the caller commits it; the file is in place before that
 * @returns false when the media is no longer pending, because somebody deleted it
 */
export async function keepBytes(
  tx: Transaction,
  { blobs, queue }: { blobs: BlobStore; queue: JobQueue },
  mediaSid: string,
  file: ScratchFile,
): Promise<boolean> {
  const { sha256, byteSize, contentType } = file;
  await lockBlob(tx, sha256);
  const media = await tx.media.findFirst({
    where: { sid: mediaSid, state: 'pending', blobSha256: null },
  });
  if (media === null) return false;
  const key = blobKey(sha256);
  await tx.blob.createMany({
    data: [{ sha256, key, byteSize, contentType }],
    skipDuplicates: true,
  });
  const blob = await tx.blob.findUniqueOrThrow({ where: { sha256 } });
  const { count } = await tx.media.updateMany({
    where: { sid: mediaSid, state: 'pending', blobSha256: null },
    data: {
      blobSha256: sha256,
      contentType: servedContentType(contentType, media.declaredContentType),
      reason: 'The bytes are here, the preview is being made',
      attempts: { increment: 1 },
      nextAttemptAt: null,
    },
  });
  // Deleted between the two statements: undo the blob's row with the transaction.
  if (count === 0) throw new Error('the media was deleted while its bytes arrived');
  await blobs.adopt(file.path, blob.key);
  await queue.send(tx, 'preview-media', [{ payload: { mediaSid } }]);
  return true;
}

/** What the bytes say; where they say nothing, as plain text does, what the sender said of text. */
function servedContentType(sniffed: string | null, declared: string | null): string {
  if (sniffed !== null) return sniffed;
  const text = /^text\/[a-z0-9.+-]{1,60}/i.exec(declared ?? '')?.[0];
  return text?.toLowerCase() ?? 'application/octet-stream';
}
