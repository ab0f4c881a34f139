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
import { nextScan, type ScanHealth } from './scan-health.ts';
import { SCAN_CONCURRENCY, type Scanner, ScanSkipped } from './scanner.ts';

// After this time the rest is left to a new job.
const TURN_MS = 300_000;
/** How long to wait before the next try while the classifier is down. */
const DOWN_PAUSE_MS = 30_000;

/** Blobs that are due for a scan and belong to a stored attachment. */
function isDue(now: Date): Prisma.BlobWhereInput {
  return { nextScanAt: { lte: now }, media: { some: { state: 'stored' } } };
}

/**
 * The job `scan-again`: scans files that have no verdict yet, or for which a new scan was requested, and
 * applies the verdicts. When the classifier is down it ends and queues a new job for later.
 */
export function createScanAgain(deps: {
  database: Database;
  queue: JobQueue;
  scanner: Scanner;
  isOut: ScanHealth['isOut'];
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
      const scanned = await Promise.all(due.map((blob) => scanOne(blob, signal)));
      isDown = scanned.includes(false);
    }
    await sendSuccessor(isDown ? DOWN_PAUSE_MS : 0);
  };

  /** @returns false when the scan was skipped because the classifier is down */
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
      if (error instanceof ScanSkipped) return false;
      signal.throwIfAborted();
      await postpone(blob, mediaSid, asError(error));
    }
    return true;
  }

  /** Also for a file that cannot be read, because it has just been deleted or its disk has failed. */
  async function postpone(blob: Blob, mediaSid: string, error: Error): Promise<void> {
    const tries = blob.scanAttempts + 1;
    const kind = error instanceof ScanError ? error.kind : 'refused';
    const nextScanAt = nextScan(kind, tries, new Date());
    const level = error instanceof ScanError && deps.isOut() ? 'debug' : 'warn';
    log[level]({ mediaSid, nextScanAt }, `media not scanned again: ${error.message}`);
    const { sha256, key } = blob;
    // Compares `nextScanAt`, so that a scan requested meanwhile is not postponed.
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
    await prisma.$transaction((tx) =>
      queue.sendOrBringForward(tx, 'scan-again', [{ payload: {}, startAfter }]),
    );
  }
}

/** Queues a job if files are due, in case their job was lost, or waits for another file's time. */
export async function resendScans({ prisma }: Database, queue: JobQueue): Promise<void> {
  const due = await prisma.blob.findFirst({ where: isDue(new Date()), select: { sha256: true } });
  if (due === null) return;
  await prisma.$transaction((tx) => queue.sendOrBringForward(tx, 'scan-again', [{ payload: {} }]));
}

type Standing = Pick<Media, 'sid' | 'moderation' | 'decidedBy' | 'decisionCode'>;

const ALLOWED = { actor: 'system:scan', reasonCode: 'scan', reason: 'the classifier allows it' };

/**
 * Stores a late verdict with its blob and applies it to the attachments with these bytes. Attachments
 * that were held only for lack of a verdict become visible when it allows them; decisions of moderators
 * stay.
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
  const media = await tx.$queryRaw<Standing[]>`
    SELECT sid, moderation, decided_by AS "decidedBy", decision_code AS "decisionCode" FROM media
    WHERE blob_sha256 = ${sha256} AND state = 'stored'
      AND (decided_by IS NULL OR decided_by LIKE 'system:%')
    ORDER BY sid FOR UPDATE`;
  const judgement = judgeVerdict(verdict);
  const sids = media.map(({ sid }) => sid);
  if (judgement !== null) return carryOut(tx, queue, sids, judgement);
  await releaseAllowed(tx, media);
}

/**
 * Makes attachments visible that were held only for lack of a verdict.
 *
 * @param tx the caller commits it
 * @param media whose bytes a verdict allows
 */
export async function releaseAllowed(tx: Transaction, media: readonly Standing[]): Promise<void> {
  const waiting = media.filter(isProvisional).map(({ sid }) => sid);
  if (waiting.length > 0) await applyDecision(tx, waiting, 'approve', ALLOWED, 'held');
}
