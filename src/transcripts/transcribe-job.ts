import type { Logger } from 'pino';
import { type Database, lockBlob } from '../database/database.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { Blob, Prisma, Transcript } from '../generated/prisma/client.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { diskError } from '../media/disk-error.ts';
import type { PreviewPool } from '../preview/preview-pool.ts';
import {
  findUnreadable,
  INVALID_ANSWER,
  openConverted,
  withConverted,
} from '../preview/renditions/convert-blob.ts';
import { renditionAnswer } from '../preview/renditions/rendition-types.ts';
import { AFTER_OTHERS } from './request-transcripts.ts';
import { speechBytes } from './speech-file.ts';
import { storedText } from './transcript-text.ts';
import {
  type AskTranscription,
  type TranscribeOptions,
  type Transcription,
  TranscriptionError,
} from './transcription-server.ts';

/**
 * The job `transcribe`: converts a sound, sends it to the transcription server and keeps the text. Attachments are
 * stored long before. After an outage or a refusal it is tried again later; when the file is at fault, the reason is
 * kept. Nothing is kept of a blob that is deleted meanwhile.
 */
export function createTranscribe(deps: {
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  pool: Pick<PreviewPool, 'convert' | 'capabilities'>;
  config: TranscribeOptions;
  ask: AskTranscription;
  log: Logger;
}): JobHandler<'transcribe'> {
  const { database, queue, blobs, pool, config, ask, log } = deps;
  const { prisma } = database;

  return async ({ sha256 }, signal) => {
    const found = await prisma.transcript.findFirst({
      where: { blobSha256: sha256, state: 'pending' },
      include: { blob: true },
    });
    if (found === null) return;
    const { blob, ...row } = found;
    try {
      await keep(row, blob, await transcribe(blob, signal));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof TranscriptionError) return fail(row, blob, error);
      // The disk is at fault, or the scratch file went with the blob.
      const { message: reason } = diskError(error);
      const { count } = await prisma.transcript.updateMany({
        where: stillPending(row, blob),
        data: { reason },
      });
      if (count > 0) throw error;
    }
  };

  async function transcribe(blob: Blob, signal: AbortSignal): Promise<Transcription> {
    const { kinds } = await pool.capabilities();
    const missing = kinds.find(({ name }) => name === 'audio')?.missing;
    if (missing != null) throw new TranscriptionError(missing.problem, 'refused');
    const unreadable = await findUnreadable(blobs, blob.key);
    if (unreadable !== null) throw new TranscriptionError(unreadable, 'file');
    // A second more than is sent shows that the sound is longer.
    const mostSeconds = config.maxSeconds + 1;
    await blobs.checkSpareRoom(speechBytes(mostSeconds));
    const what = { name: 'speech', page: 1, mostSeconds } as const;
    return withConverted({ blobs, pool }, blob, what, signal, async (answer, path) => {
      const result = renditionAnswer('speech').safeParse(answer).data ?? { reason: INVALID_ANSWER };
      if (!('file' in result)) {
        throw new TranscriptionError('reason' in result ? result.reason : INVALID_ANSWER, 'file');
      }
      return send(path, signal);
    });
  }

  async function send(path: string, signal: AbortSignal): Promise<Transcription> {
    const converted = await openConverted(path);
    if (converted === null) throw new TranscriptionError(INVALID_ANSWER, 'file');
    const { file, byteSize } = converted;
    try {
      if (byteSize > speechBytes(config.maxSeconds)) {
        const message = `It is longer than the ${config.maxSeconds} seconds that are transcribed`;
        throw new TranscriptionError(message, 'file');
      }
      if (byteSize <= speechBytes(0)) {
        throw new TranscriptionError('There is no sound in the file: it is empty', 'file');
      }
      const open = () => file.createReadStream({ autoClose: false, start: 0, end: byteSize - 1 });
      return await ask({ byteSize, open }, signal);
    } finally {
      await file.close();
    }
  }

  async function keep(row: Transcript, blob: Blob, answer: Transcription): Promise<void> {
    const language = answer.language ?? config.language ?? null;
    const ended = { state: 'ready', nextAttemptAt: null, endedAt: new Date() } as const;
    await update(row, blob, { ...ended, ...storedText(answer), language });
  }

  async function fail(row: Transcript, blob: Blob, error: TranscriptionError): Promise<void> {
    const attempts = row.attempts + 1;
    const nextAttemptAt = nextAttempt(error, attempts, new Date());
    const { message: reason } = error;
    const ended = { state: 'failed', nextAttemptAt, endedAt: new Date() } as const;
    const data = { attempts, reason, ...(nextAttemptAt === null ? ended : { nextAttemptAt }) };
    if (!(await update(row, blob, data))) return;
    const { blobSha256: sha256 } = row;
    // While the server fails, that is told once, in transcribing.ts.
    const level = nextAttemptAt === null ? 'warn' : 'debug';
    log[level]({ sha256, attempts, nextAttemptAt }, `sound not transcribed: ${reason}`);
  }

  /** @returns false when it was deleted or requested anew meanwhile, and nothing was kept */
  function update(
    row: Transcript,
    blob: Blob,
    data: Prisma.TranscriptUncheckedUpdateManyInput & { nextAttemptAt: Date | null },
  ): Promise<boolean> {
    const { blobSha256: sha256 } = row;
    return prisma.$transaction(async (tx) => {
      await lockBlob(tx, sha256);
      const { count } = await tx.transcript.updateMany({ where: stillPending(row, blob), data });
      const startAfter = data.nextAttemptAt;
      if (count > 0 && startAfter !== null) {
        const job = { payload: { sha256 }, startAfter, priority: AFTER_OTHERS };
        await queue.send(tx, 'transcribe', [job]);
      }
      return count > 0;
    });
  }
}

/** Bytes may have been deleted, and have arrived again under another key; or it was requested anew. */
function stillPending({ blobSha256, requestedAt }: Transcript, { key }: Blob) {
  return { blobSha256, requestedAt, state: 'pending', blob: { key } } as const;
}

const FIRST_PAUSE_MS = 5000;
const MAX_PAUSE_MS = 3_600_000;
/** A day and a half: the file itself may crash the server. A refusal ends when a configuration is mended. */
const MAX_OUTAGES = 48;

/**
 * When a sound is sent again after a failure.
 *
 * @param attempts so far
 * @returns null when it is not sent again automatically
 */
export function nextAttempt(
  { kind, retryAfterSeconds }: Pick<TranscriptionError, 'kind' | 'retryAfterSeconds'>,
  attempts: number,
  now: Date,
): Date | null {
  if (kind === 'file' || (kind === 'outage' && attempts >= MAX_OUTAGES)) return null;
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 20), MAX_PAUSE_MS);
  return new Date(now.getTime() + Math.max(pause, retryAfterSeconds * 1000));
}
