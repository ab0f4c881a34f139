import type { Logger } from 'pino';
import { type Database, lockBlob, type Transaction } from '../database/database.ts';
import { asError } from '../errors/caught.ts';
import type { Blob, Media, Prisma } from '../generated/prisma/client.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { applyDecision } from '../moderation/apply-decision.ts';
import { isProvisional } from '../moderation/decisions.ts';
import { carryOut } from '../moderation/judgement.ts';
import { judgeVerdict, ScanError, type ScanVerdict } from './classifier.ts';
import { nextScan } from './scan-health.ts';
import { NotAsked, SCAN_CONCURRENCY, type Scanner } from './scanner.ts';

// Then it goes on in a job of its own.
const TURN_MS = 300_000;
/** While the classifier is down, how long until it is tried whether it is back. */
const DOWN_PAUSE_MS = 30_000;

/** Files whose turn has come, of which something is stored. */
function isDue(now: Date): Prisma.BlobWhereInput {
  return { nextScanAt: { lte: now }, media: { some: { state: 'stored' } } };
}

/**
 * The job `scan-again`: asks the classifier about files that it has given no verdict of, or that a person
 * wants to be shown to it anew, and applies what it says. Ends when it is down, and comes back.
 */
export function createScanAgain(deps: {
  database: Database;
  queue: JobQueue;
  scanner: Scanner;
  log: Logger;
}): JobHandler<'scan-again'> {
  const { database, queue, scanner, log } = deps;
  const { prisma } = database;

  return async (_payload, signal) => {
    const until = Date.now() + TURN_MS;
    let isDown = false;
    while (!isDown && Date.now() < until) {
      signal.throwIfAborted();
      const due = await prisma.blob.findMany({
        where: isDue(new Date()),
        orderBy: { nextScanAt: 'asc' },
        include: { previews: true, media: { where: { state: 'stored' }, take: 1 } },
        take: SCAN_CONCURRENCY,
      });
      if (due.length === 0) break;
      const asked = await Promise.all(due.map((blob) => scanOne(blob, signal)));
      isDown = asked.includes(false);
    }
    await sendSuccessor(isDown ? DOWN_PAUSE_MS : 0);
  };

  /** @returns false when it was not asked */
  async function scanOne(
    {
      media,
      previews,
      ...blob
    }: Prisma.BlobGetPayload<{ include: { media: true; previews: true } }>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { sha256, key, contentType, byteSize } = blob;
    const { sid: mediaSid = '', declaredContentType = null } = media[0] ?? {};
    const bytes = { sha256, key, contentType, byteSize: Number(byteSize), previews };
    try {
      const verdict = await scanner({ ...bytes, mediaSid, declaredContentType }, signal);
      await prisma.$transaction((tx) => applyLateVerdict(tx, queue, blob, verdict));
    } catch (error) {
      if (error instanceof NotAsked) return false;
      signal.throwIfAborted();
      await postpone(blob, mediaSid, asError(error));
    }
    return true;
  }

  /** A file that cannot be read here, because it has just been deleted or its disk is gone, waits, too. */
  async function postpone(blob: Blob, mediaSid: string, error: Error): Promise<void> {
    const tries = blob.scanAttempts + 1;
    const kind = error instanceof ScanError ? error.kind : 'refused';
    const nextScanAt = nextScan(kind, tries, new Date());
    log.warn({ mediaSid, nextScanAt }, `media not scanned again: ${error.message}`);
    const { sha256, key } = blob;
    // Not what somebody has asked for meanwhile.
    await prisma.blob.updateMany({
      where: { sha256, key, nextScanAt: blob.nextScanAt },
      data: { nextScanAt, scanAttempts: tries },
    });
  }

  async function sendSuccessor(pauseMs: number): Promise<void> {
    const next = await prisma.blob.findFirst({
      where: { nextScanAt: { not: null }, media: { some: { state: 'stored' } } },
      orderBy: { nextScanAt: 'asc' },
      select: { nextScanAt: true },
    });
    const dueAt = next?.nextScanAt;
    if (dueAt == null) return;
    const startAfter = new Date(Math.max(dueAt.getTime(), Date.now() + pauseMs));
    await prisma.$transaction((tx) => queue.send(tx, 'scan-again', [{ payload: {}, startAfter }]));
  }
}

/** Gives files that wait, and may have lost their job, a new one. */
export async function resendScans({ prisma }: Database, queue: JobQueue): Promise<void> {
  const due = await prisma.blob.findFirst({ where: isDue(new Date()), select: { sha256: true } });
  if (due === null) return;
  await prisma.$transaction((tx) => queue.sendMissing(tx, 'scan-again', [{ payload: {} }]));
}

type Row = Pick<Media, 'sid' | 'moderation' | 'decidedBy' | 'decisionCode'>;

const ALLOWED = { actor: 'system:scan', reasonCode: 'scan', reason: 'the classifier allows it' };

/**
 * Keeps a verdict that came late with its bytes, and does what it says to the media that have them. What was
 * held only because there was none becomes visible when it allows; what a person decided about stays.
 *
 * @param tx the caller commits it
 */
async function applyLateVerdict(
  tx: Transaction,
  queue: JobQueue,
  { sha256, key }: Pick<Blob, 'sha256' | 'key'>,
  verdict: ScanVerdict,
): Promise<void> {
  await lockBlob(tx, sha256);
  const { count } = await tx.blob.updateMany({
    where: { sha256, key },
    data: { scan: verdict, nextScanAt: null, scanAttempts: 0 },
  });
  if (count === 0) return;
  const media = await tx.$queryRaw<Row[]>`
    SELECT sid, moderation, decided_by AS "decidedBy", decision_code AS "decisionCode" FROM media
    WHERE blob_sha256 = ${sha256} AND state = 'stored'
      AND (decided_by IS NULL OR decided_by LIKE 'system:%')
    ORDER BY sid FOR UPDATE`;
  const judgement = judgeVerdict(verdict);
  const sids = media.map(({ sid }) => sid);
  if (judgement !== null) return carryOut(tx, queue, sids, judgement);
  const waiting = media.filter(isProvisional).map(({ sid }) => sid);
  await applyDecision(tx, waiting, 'approve', ALLOWED, 'held');
}
