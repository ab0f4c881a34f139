import { BLOBS_BY_HASH } from '../database/blob-scan.ts';
import { type Database, lockBlobs } from '../database/database.ts';
import { scanRows } from '../database/scan-rows.ts';
import { type Blob, Prisma } from '../generated/prisma/client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { PREVIEW_TYPES } from '../preview/preview-types.ts';
import { AFTER_OTHERS, createRequestTranscripts } from './request-transcripts.ts';

/** While so many wait, no older sounds are added: those that arrive meanwhile come first, and soon. */
const MAX_WAITING = 100;
const STRANDED_AFTER_MS = 10 * 60_000;
// What arrives is requested when it is stored; this finds what a process without the setting has stored.
const PASS_EVERY_MS = 6 * 3_600_000;

/**
 * A task that repeats: it requests the transcripts of sounds that were stored before there was a transcription
 * server, a hundred at a time, and sends the jobs of those that may have lost theirs. When it runs for the first
 * time, a hundred of those that wait after a failure are tried at once: the configuration may have changed, or ffmpeg may
 * be there now.
 */
export function createTranscriptSweep({
  database,
  queue,
}: {
  database: Database;
  queue: JobQueue;
}): () => Promise<void> {
  const { prisma } = database;
  const requestTranscripts = createRequestTranscripts(queue, AFTER_OTHERS);
  let isFirst = true;
  let after: Pick<Blob, 'sha256'> | undefined;
  let nextPassAt = 0;

  async function resend(where: Prisma.TranscriptWhereInput, byHand: boolean): Promise<void> {
    const rows = await prisma.transcript.findMany({
      where: { ...where, state: 'pending' },
      orderBy: { nextAttemptAt: 'asc' },
      select: { blobSha256: true },
      take: MAX_WAITING,
    });
    if (rows.length === 0) return;
    const jobs = rows.map(({ blobSha256: sha256 }) => ({
      payload: { sha256, ...(byHand ? { byHand } : {}) },
      priority: AFTER_OTHERS,
    }));
    await prisma.$transaction((tx) => queue.sendMissing(tx, 'transcribe', jobs));
  }

  /** The blobs may have been deleted since they were read. */
  async function request(sha256s: string[]): Promise<void> {
    await prisma.$transaction(async (tx) => {
      await lockBlobs(tx, sha256s);
      await requestTranscripts(tx, sha256s);
    });
  }

  async function addOlder(): Promise<void> {
    if (Date.now() < nextPassAt) return;
    const waiting = await prisma.transcript.count({ where: { nextAttemptAt: { not: null } } });
    let room = MAX_WAITING - waiting;
    if (room <= 0) return;
    const missing = { ranges: [Prisma.sql`true`], filter: IS_MISSING };
    for await (const blobs of scanRows(prisma, BLOBS_BY_HASH, missing, { after })) {
      const next = blobs.slice(0, room);
      if (next.length === 0) continue;
      await request(next.map(({ sha256 }) => sha256));
      after = next.at(-1);
      room -= next.length;
      if (room === 0) return;
    }
    after = undefined;
    nextPassAt = Date.now() + PASS_EVERY_MS;
  }

  return async () => {
    if (isFirst) await resend({ attempts: { gt: 0 } }, true);
    isFirst = false;
    await resend({ nextAttemptAt: { lt: new Date(Date.now() - STRANDED_AFTER_MS) } }, false);
    await addOlder();
  };
}

/** Sounds, as `renditionOf` knows them, that an attachment is stored with and that have no row. */
const IS_MISSING = Prisma.sql`(
  content_type = ANY(${[...PREVIEW_TYPES.audio]})
  OR (content_type = ANY(${[...PREVIEW_TYPES.video]}) AND preview_kind = 'audio')
) AND (SELECT 1 FROM transcript WHERE blob_sha256 = sha256) IS NULL
  AND EXISTS (SELECT 1 FROM media WHERE blob_sha256 = sha256 AND media.state = 'stored')`;
