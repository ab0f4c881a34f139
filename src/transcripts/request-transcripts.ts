import { type Database, lockBlob, type Transaction } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { AFTER_NEW } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { renditionOf } from '../preview/renditions/rendition-types.ts';

/** Of sounds that were stored before there was a transcription server. */
export const AFTER_OTHERS = -2000;

/** Requests the transcripts of blobs with which attachments were just stored, if they are sounds. */
export type RequestTranscripts = (tx: Transaction, sha256s: readonly string[]) => Promise<void>;

/**
 * Each sound gets a row and a job, unless it has them: the same bytes are transcribed once. A failed one stays failed.
 * Those that are held back are transcribed as well, so that moderators need not listen to them.
 *
 * @returns a function that takes a transaction with the locks of the blobs, which the caller commits
 */
export function createRequestTranscripts(
  queue: JobQueue,
  priority: number = AFTER_NEW,
): RequestTranscripts {
  return async (tx, sha256s) => {
    const blobs = await tx.blob.findMany({
      where: { sha256: { in: [...sha256s] }, transcript: null },
      select: { sha256: true, contentType: true, previewKind: true },
    });
    const sounds = blobs.filter((blob) => renditionOf(blob) === 'audio');
    if (sounds.length === 0) return;
    const added = await tx.transcript.createManyAndReturn({
      data: sounds.map(({ sha256: blobSha256 }) => ({ blobSha256, nextAttemptAt: new Date() })),
      skipDuplicates: true,
      select: { blobSha256: true },
    });
    const jobs = added.map(({ blobSha256: sha256 }) => ({ payload: { sha256 }, priority }));
    await queue.send(tx, 'transcribe', jobs);
  };
}

/**
 * Requests a transcript of one attachment anew, also when it has one already or has failed.
 *
 * @throws AppError `not_found`, `media_deleted`, `media_not_stored`; `conflict` without a transcription server, or
 *   when it is no sound
 */
export type RequestTranscript = (sid: string) => Promise<void>;

export function createRequestTranscript(deps: {
  database: Database;
  queue: JobQueue;
  isTranscribing: boolean;
}): RequestTranscript {
  const { database, queue, isTranscribing } = deps;
  return (sid) =>
    database.prisma.$transaction(async (tx) => {
      const media = await tx.media.findUnique({ where: { sid }, include: { blob: true } });
      if (media === null) throw new AppError('not_found', 'There is no media with this sid.');
      if (media.state === 'deleted') throw new AppError('media_deleted', 'This media was deleted.');
      if (!isTranscribing) {
        throw new AppError(
          'conflict',
          'There is no transcription server: TRANSCRIBE_URL is unset.',
        );
      }
      const notStored = () => new AppError('media_not_stored', 'Its bytes are not stored.');
      const { blob } = media;
      if (media.state !== 'stored' || blob === null) throw notStored();
      if (renditionOf(blob) !== 'audio') throw new AppError('conflict', 'It is not a sound.');
      const { sha256 } = blob;
      await lockBlob(tx, sha256);
      // It may have been deleted before the lock was there.
      if ((await tx.blob.count({ where: { sha256 } })) === 0) throw notStored();
      const anew = {
        state: 'pending',
        text: null,
        searchText: null,
        language: null,
        reason: null,
        attempts: 0,
        requestedAt: new Date(),
        nextAttemptAt: new Date(),
        endedAt: null,
      } as const;
      await tx.transcript.upsert({
        where: { blobSha256: sha256 },
        create: { blobSha256: sha256, ...anew },
        update: anew,
      });
      await queue.send(tx, 'transcribe', [{ payload: { sha256, byHand: true } }]);
    });
}
