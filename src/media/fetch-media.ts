import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Database, Transaction } from '../database/database.ts';
import { createGroupedLookup } from '../database/grouped-lookup.ts';
import { asError } from '../errors/caught.ts';
import { mediaFailed } from '../events/event-payloads.ts';
import { recordEvents } from '../events/record-events.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { ByteBudget, ByteShare } from '../files/byte-budget.ts';
import { newBlobKey } from '../files/file-names.ts';
import type { Media } from '../generated/prisma/client.ts';
import type { CompletingJobHandler, JobClaim } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { createErrorLog } from '../monitoring/outage-log.ts';
import type { Tracing } from '../monitoring/tracing.ts';
import { onDisk } from './disk-error.ts';
import { DownloadError, type DownloadErrorCode } from './download/download-error.ts';
import type { MediaDownloader } from './download/download-media.ts';
import { prepareDownload } from './download/prepare-download.ts';
import { sniffContentType } from './download/sniff-content-type.ts';
import type { NewBytes } from './link-bytes.ts';
import { nextAttempt, nextBriefAttempt, nextDiskRetry } from './retry-schedule.ts';

/** The bytes of an attachment in the scratch folder. */
interface FetchedBytes {
  bytes: NewBytes;
  path: string;
  /** The folder of the bytes, with nothing else in it. A deletion of the attachment removes it. */
  folder: string;
}

/**
 * Commits fetched bytes, and completes the job.
 *
 * @throws DownloadError `disk-full`, `disk-error`, `store-error`
 */
export type KeepFetched = (
  fetched: FetchedBytes,
  signal: AbortSignal,
  claim: JobClaim,
) => Promise<void>;

export interface FetchDeps {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  downloader: MediaDownloader;
  budget: ByteBudget;
  keepFetched: KeepFetched;
  /** How long an attachment is retried, in milliseconds from the first try. */
  retryForMs: number;
  tracing: Tracing;
  /** Called after every try, with the row before it; `code` is null when the bytes were fetched. */
  onTry: (media: Media, code: DownloadErrorCode | null, triedAt: Date) => void;
  /** Whether a Twilio outage is in progress; the outage itself is already logged. */
  isTwilioOut: () => boolean;
  /** Called when a fetch has failed for good: a held message does not wait for such an attachment. */
  settleMessages: (tx: Transaction, messageSids: string[]) => Promise<void>;
  log: Logger;
}

// Large files that wait for their turn in a job. Others are tried again later, and leave their jobs to small files.
const MAX_WAITING_LARGE = 4;

// Longer than the pauses between the tries of what waits for the disk.
const DISK_QUIET_MS = 120_000;

// Jobs that were taken together read their rows together.
const GROUP_MS = 5;

/**
 * The job `fetch-media`: fetches the bytes of one attachment, or records in its row why it failed and
 * when it is tried again. It throws only on internal errors.
 */
export function createFetchMedia(deps: FetchDeps): CompletingJobHandler<'fetch-media'> {
  const { database, queue, blobs, downloader, budget, retryForMs, onTry, isTwilioOut, log } = deps;
  const { tracing } = deps;
  const readMedia = createGroupedLookup(readAll, { waitMs: GROUP_MS });
  const disk = createErrorLog(
    log,
    {
      begins: 'attachments wait: their files cannot be written',
      ends: 'files of attachments have been written for two minutes',
    },
    DISK_QUIET_MS,
  );

  return async ({ mediaSid }, signal, claim) => {
    // A folder, because a delete removes it: later writes then fail. It exists before the row is read, so that
    // a delete that the row does not show yet finds it.
    const folder = blobs.scratchPath(mediaSid);
    try {
      const diskError = await prepareFolder(folder);
      const media = await readMedia(mediaSid);
      if (media?.state !== 'pending' || media.blobSha256 !== null) return;
      const triedAt = new Date();
      const firstTriedAt = media.firstTriedAt ?? triedAt;
      try {
        if (diskError !== null) throw diskError;
        await tracing.job({ name: 'fetch-media', messageSid: media.messageSid, mediaSid }, () =>
          fetchBytes({ ...media, firstTriedAt }, folder, signal, claim),
        );
        onTry(media, null, triedAt);
      } catch (error) {
        if (await isSettled(mediaSid)) return;
        if (signal.aborted || !(error instanceof DownloadError)) throw error;
        onTry(media, error.code, triedAt);
        if (error.code === 'disk-full' || error.code === 'disk-error') disk.failed(error);
        if (error.retry === 'wait') await waitForRoom(media, claim, error);
        else await recordFailure({ ...media, firstTriedAt }, claim, error);
      }
    } finally {
      await blobs.discard(folder);
    }
  };

  async function readAll(sids: readonly string[]): Promise<Map<string, Media>> {
    const rows = await database.prisma.media.findMany({ where: { sid: { in: [...sids] } } });
    return new Map(rows.map((media) => [media.sid, media]));
  }

  async function prepareFolder(folder: string): Promise<Error | null> {
    try {
      await onDisk(blobs.checkRoom());
      await onDisk(mkdir(folder));
      return null;
    } catch (error) {
      return asError(error);
    }
  }

  // A delete removes the file during a download, and a commit may have succeeded although its answer was lost:
  // an error after that is not recorded.
  async function isSettled(sid: string): Promise<boolean> {
    const media = await readMedia(sid);
    return media?.state !== 'pending';
  }

  async function fetchBytes(
    media: Media & { firstTriedAt: Date },
    folder: string,
    signal: AbortSignal,
    claim: JobClaim,
  ): Promise<void> {
    const toPath = join(folder, 'bytes');
    const { sid: mediaSid, declaredContentType, firstTriedAt } = media;
    const { request, share } = prepareDownload(media, { path: toPath, signal }, deps, takeShare);
    try {
      const { sha256, byteSize, content } = await tracing.step('download', () =>
        downloader.download(request),
      );
      share.written(byteSize);
      const contentType = await sniffContentType(content ?? toPath);
      const key = newBlobKey(blobs, sha256);
      const file = { mediaSid, key, sha256, byteSize };
      const bytes = { ...file, contentType, declaredContentType, firstTriedAt };
      await deps.keepFetched({ bytes, path: toPath, folder }, signal, claim);
    } finally {
      share.release();
    }
  }

  /** The bytes count until they are in the blob store and committed: while that is slow, less is fetched. */
  function takeShare(declared: number | null, signal: AbortSignal): Promise<ByteShare> {
    if (budget.isLarge(declared) && budget.waitingLarge() >= MAX_WAITING_LARGE) {
      const message = 'Other large files are being fetched: it waits for its turn';
      throw new DownloadError('too-many-large', message);
    }
    return budget.take(declared, signal);
  }

  async function recordFailure(
    media: Media & { firstTriedAt: Date },
    claim: JobClaim,
    error: DownloadError,
  ): Promise<void> {
    const tries = { attempts: media.attempts + 1, firstTriedAt: media.firstTriedAt };
    const again = tryAgainAt(media, { ...tries, now: new Date() }, error);
    await schedule(media, claim, error, { again, ...tries });
  }

  function tryAgainAt(
    media: Media,
    tries: { attempts: number; firstTriedAt: Date; now: Date },
    error: DownloadError,
  ): Date | null {
    switch (error.retry) {
      case 'give-up':
        return null;
      case 'retry-briefly': {
        const isRepeated = media.reason === error.message;
        return nextBriefAttempt({ ...tries, isRepeated }, retryForMs);
      }
      default: {
        const { retryAfterSeconds = 0 } = error;
        const isUnauthorized = error.code === 'unauthorized';
        return nextAttempt({ ...tries, retryAfterSeconds, isUnauthorized }, retryForMs);
      }
    }
  }

  // A disk problem here uses up neither the tries nor the retry time of the attachment.
  function waitForRoom(media: Media, claim: JobClaim, error: DownloadError): Promise<void> {
    const again = nextDiskRetry(media.receivedAt, new Date());
    return schedule(media, claim, error, { again, attempts: media.attempts });
  }

  async function schedule(
    media: Media,
    { priority }: JobClaim,
    error: DownloadError,
    { again, ...tries }: { again: Date | null; attempts: number; firstTriedAt?: Date },
  ): Promise<void> {
    const { attempts } = tries;
    // What attachments wait for has lines of its own: the disk above, a bucket in its store.
    const isLoggedOutage = error.retry === 'wait' || (error.retry === 'retry' && isTwilioOut());
    const level = isLoggedOutage && again !== null ? 'debug' : 'warn';
    log[level](
      { mediaSid: media.sid, attempts, code: error.code, nextAttemptAt: again, err: error.cause },
      `media not fetched: ${error.message}`,
    );
    await database.prisma.$transaction(async (tx) => {
      const { count } = await tx.media.updateMany({
        where: { sid: media.sid, state: 'pending' },
        data: {
          ...tries,
          reason: error.message,
          nextAttemptAt: again,
          ...(again === null ? { state: 'failed', failureCode: error.code } : {}),
        },
      });
      if (count === 0) return;
      if (again === null) {
        await deps.settleMessages(tx, [media.messageSid]);
        return recordEvents(tx, [mediaFailed(media, error.code)]);
      }
      const payload = { mediaSid: media.sid };
      await queue.send(tx, 'fetch-media', [{ payload, startAfter: again, priority }]);
    });
  }
}
