import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Database, lockBlob, type Transaction } from '../database/database.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { ByteBudget } from '../files/byte-budget.ts';
import { newBlobKey } from '../files/file-names.ts';
import type { Media, Prisma, VerificationFinding } from '../generated/prisma/client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { onDisk } from '../media/disk-error.ts';
import { DownloadError } from '../media/download/download-error.ts';
import type { MediaDownloader } from '../media/download/download-media.ts';
import { prepareDownload } from '../media/download/prepare-download.ts';
import type { FileWriter } from '../media/file-writer.ts';
import { adoptFiles, withNewFiles } from '../media/new-files.ts';
import { requestRebuild } from '../preview/rebuild-previews.ts';

/** What became of one try to repair a file. */
export type RepairResult =
  | { state: 'repaired' }
  /** No row refers to the file any more. */
  | { state: 'gone' }
  | { state: 'failed'; reason: string }
  /** It is tried again later. */
  | { state: 'waiting'; reason: string; retryAfterSeconds?: number; isUnauthorized?: boolean };

/**
 * Fetches the bytes of an attachment from Twilio again, and puts them into the place of a missing or damaged file:
 * under a key of their own, once they are stored. The damaged file is removed only then.
 */
export type RefetchBlob = (
  finding: Pick<VerificationFinding, 'blobSha256' | 'key'>,
  signal: AbortSignal,
  onReplaced: OnReplaced,
) => Promise<RepairResult>;

/** Called in the transaction that takes the new file into use. */
type OnReplaced = (tx: Transaction) => Promise<void>;

/** The file that is replaced. */
interface Damaged {
  sha256: string;
  key: string;
}

/** Attachments with the same bytes of which a copy may be at Twilio. */
const MAX_COPIES = 5;

export function createRefetchBlob(deps: {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  writer: FileWriter;
  downloader: MediaDownloader;
  /** That of the attachments that arrive. */
  budget: ByteBudget;
}): RefetchBlob {
  const { database, queue, blobs, downloader } = deps;
  const { prisma } = database;

  return async ({ blobSha256: sha256, key }, signal, onReplaced) => {
    const isOfFile: Prisma.MediaWhereInput = {
      blobSha256: sha256,
      blob: { key },
      state: { in: ['pending', 'stored'] },
    };
    const fetchable = await prisma.media.findMany({
      where: { ...isOfFile, url: { not: null }, upstream: 'kept' },
      orderBy: { sid: 'asc' },
      take: MAX_COPIES,
    });
    const one = fetchable[0] ?? (await prisma.media.findFirst({ where: isOfFile }));
    if (one === null) return { state: 'gone' };
    let result: RepairResult = { state: 'failed', reason: whyNot(one) };
    for (const copy of fetchable) {
      result = await tryCopy(copy, { sha256, key }, signal, onReplaced);
      if (result.state !== 'failed') return result;
    }
    return result;
  };

  async function tryCopy(
    media: Media,
    damaged: Damaged,
    signal: AbortSignal,
    onReplaced: OnReplaced,
  ): Promise<RepairResult> {
    // Named after the attachment: a delete of it removes the folder, and what is written later fails.
    const folder = blobs.scratchPath(media.sid);
    const path = join(folder, 'bytes');
    const { request, share } = prepareDownload(media, { path, signal }, deps);
    try {
      await onDisk(blobs.checkRoom());
      await onDisk(mkdir(folder));
      // A delete that the row did not show yet has found no folder.
      const isStill = { sid: media.sid, blobSha256: damaged.sha256, upstream: 'kept' } as const;
      if ((await prisma.media.count({ where: isStill })) === 0) return { state: 'gone' };
      const { sha256, byteSize } = await downloader.download(request);
      share.written(byteSize);
      if (sha256 !== damaged.sha256) {
        return { state: 'failed', reason: 'The bytes at Twilio are others (another SHA-256)' };
      }
      return { state: (await replace(damaged, path, onReplaced)) ? 'repaired' : 'gone' };
    } catch (error) {
      if (signal.aborted || !(error instanceof DownloadError)) throw error;
      return ofDownload(error);
    } finally {
      share.release();
      await blobs.discard(folder);
    }
  }

  /** @returns false when the attachment was deleted, or its file replaced, meanwhile */
  async function replace(
    { sha256, key }: Damaged,
    path: string,
    onReplaced: OnReplaced,
  ): Promise<boolean> {
    const file = { path, sha256, key: newBlobKey(blobs, sha256) };
    await onDisk(adoptFiles(blobs, [file]));
    let isReplaced = false;
    await withNewFiles(deps, [file], async (tx) => {
      await lockBlob(tx, sha256);
      const [blob] = await tx.blob.updateManyAndReturn({
        where: { sha256, key, media: { some: { state: { not: 'deleted' } } } },
        data: { key: file.key },
      });
      isReplaced = blob !== undefined;
      if (blob === undefined) return new Set<string>();
      await queue.send(tx, 'remove-files', [{ payload: { keys: [key] } }]);
      // What failed for lack of these bytes.
      await tx.rendition.deleteMany({ where: { blobSha256: sha256, state: 'failed' } });
      if (blob.previewStale) await requestRebuild(tx, queue, sha256);
      await onReplaced(tx);
      return new Set([file.key]);
    });
    return isReplaced;
  }
}

function whyNot({ url }: Media): string {
  return url === null
    ? 'It was imported: there is no copy at Twilio'
    : 'The copy at Twilio was deleted';
}

/** An attachment that was fetched before is not late at Twilio: when it is not found, it is gone. */
function ofDownload({ code, retry, message, retryAfterSeconds = 0 }: DownloadError): RepairResult {
  if (retry === 'give-up' || code === 'not-found') return { state: 'failed', reason: message };
  const isUnauthorized = code === 'unauthorized';
  return { state: 'waiting', reason: message, isUnauthorized, retryAfterSeconds };
}
