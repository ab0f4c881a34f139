import type { Logger } from 'pino';
import { recordAudit } from '../audit/record-audit.ts';
import { type Database, lockBlob, type Transaction } from '../database/database.ts';
import { asError } from '../errors/caught.ts';
import type { Verification, VerificationFinding } from '../generated/prisma/client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { nextAttempt } from '../media/retry-schedule.ts';
import { requestRebuild } from '../preview/rebuild-previews.ts';
import { remakeRendition } from '../preview/renditions/request-rendition.ts';
import type { RefetchBlob, RepairResult } from './refetch-blob.ts';
import { OUT_OF_REACH } from './stored-file.ts';

/**
 * Repairs what a run has found, when that was asked for, and ends the run. What has to wait gets a job for later.
 *
 * @throws only when the database fails, or `signal` is aborted
 */
export type RepairFindings = (verificationId: string, signal: AbortSignal) => Promise<void>;

const AT_ONCE = 4;
/** How long a file is tried, from the first time on. */
const RETRY_MS = 3_600_000;
/** Rebuilds wait for all attachments that arrive. */
const REBUILD_MS = 24 * 3_600_000;
/** Attachments with the same bytes, whose story says that these were repaired. */
const MAX_AUDITED = 100;

export function createRepairFindings(deps: {
  database: Database;
  queue: JobQueue;
  refetchBlob: RefetchBlob;
  log: Logger;
}): RepairFindings {
  const { database, queue, refetchBlob, log } = deps;
  const { prisma } = database;

  return async (verificationId, signal) => {
    const running = { id: verificationId, state: 'running' } as const;
    const run = await prisma.verification.findFirst({ where: running });
    if (run === null) return;
    if (run.repair) await markRepairable(verificationId);
    for (;;) {
      signal.throwIfAborted();
      const due = await prisma.verificationFinding.findMany({
        where: {
          verificationId,
          repair: 'waiting',
          verification: { state: 'running' },
          OR: [{ nextAttemptAt: null }, { nextAttemptAt: { lte: new Date() } }],
        },
        orderBy: { id: 'asc' },
        take: AT_ONCE,
      });
      if (due.length === 0) break;
      await Promise.all(due.map((finding) => repair(finding, signal)));
    }
    await endOrWait(run);
  };

  /** Files that are only out of reach stay as they are. */
  async function markRepairable(verificationId: string): Promise<void> {
    await prisma.verificationFinding.updateMany({
      where: {
        verificationId,
        repair: 'none',
        kind: { notIn: OUT_OF_REACH },
      },
      data: { repair: 'waiting' },
    });
  }

  async function repair(finding: VerificationFinding, signal: AbortSignal): Promise<void> {
    const { id, file, blobSha256: sha256 } = finding;
    const result = await tryRepair(finding, signal).catch((error: unknown): RepairResult => {
      signal.throwIfAborted();
      log.warn({ err: asError(error), sha256, file }, 'a stored file was not repaired');
      return { state: 'waiting', reason: 'It failed for an unexpected reason: see the log' };
    });
    if (result.state === 'repaired' || result.state === 'gone') {
      await prisma.$transaction((tx) => settle(tx, finding, result.state));
      return;
    }
    const { reason } = result;
    const attempts = finding.attempts + 1;
    const now = new Date();
    const firstTriedAt = finding.firstTriedAt ?? now;
    const nextAttemptAt =
      result.state === 'failed'
        ? null
        : nextAttempt(
            {
              attempts,
              firstTriedAt,
              now,
              retryAfterSeconds: result.retryAfterSeconds ?? 0,
              isUnauthorized: result.isUnauthorized ?? false,
            },
            file === 'preview' ? REBUILD_MS : RETRY_MS,
          );
    await prisma.verificationFinding.updateMany({
      where: { id, repair: 'waiting' },
      data: {
        repair: nextAttemptAt === null ? 'failed' : 'waiting',
        reason,
        attempts,
        firstTriedAt,
        nextAttemptAt,
      },
    });
  }

  async function tryRepair(
    finding: VerificationFinding,
    signal: AbortSignal,
  ): Promise<RepairResult> {
    if (finding.file === 'original') {
      return refetchBlob(finding, signal, (tx) => settle(tx, finding, 'repaired'));
    }
    return prisma.$transaction(async (tx): Promise<RepairResult> => {
      await lockBlob(tx, finding.blobSha256);
      const original = await tx.verificationFinding.findFirst({
        where: {
          verificationId: finding.verificationId,
          blobSha256: finding.blobSha256,
          file: 'original',
          repair: { in: ['waiting', 'failed'] },
        },
      });
      if (original?.repair === 'failed') {
        return { state: 'failed', reason: 'The file that it is made from could not be repaired' };
      }
      if (original !== null) {
        return { state: 'waiting', reason: 'The file that it is made from is repaired first' };
      }
      return finding.file === 'preview' ? rebuild(tx, finding) : remake(tx, finding);
    });
  }

  async function remake(tx: Transaction, finding: VerificationFinding): Promise<RepairResult> {
    const { blobSha256, key } = finding;
    const rendition = await tx.rendition.findFirst({ where: { blobSha256, key } });
    if (rendition === null) return { state: 'gone' };
    const { name, page } = rendition;
    await remakeRendition(tx, queue, { blobSha256, name, page }, key);
    await settle(tx, finding, 'repaired');
    return { state: 'repaired' };
  }

  /** It is repaired when a rebuild has replaced it; the job of the rebuild runs besides this one. */
  async function rebuild(
    tx: Transaction,
    { id, blobSha256, key, rebuilding }: VerificationFinding,
  ): Promise<RepairResult> {
    const blob = await tx.blob.findUnique({
      where: { sha256: blobSha256 },
      include: { previews: { where: { key } } },
    });
    if (blob === null) return { state: 'gone' };
    if (blob.previews.length === 0) return { state: rebuilding ? 'repaired' : 'gone' };
    if (rebuilding && !blob.previewStale) {
      const reason = 'The new preview could not be made, or would show less: see the log';
      return { state: 'failed', reason };
    }
    if (!rebuilding) {
      await tx.verificationFinding.update({ where: { id }, data: { rebuilding: true } });
      await requestRebuild(tx, queue, blobSha256);
    }
    return { state: 'waiting', reason: 'The preview is being made again' };
  }

  /** Ends a finding that waits; it does nothing the second time. */
  async function settle(
    tx: Transaction,
    { id, verificationId, blobSha256, file, kind }: VerificationFinding,
    state: 'repaired' | 'gone',
  ): Promise<void> {
    const { count } = await tx.verificationFinding.updateMany({
      where: { id, repair: 'waiting' },
      data: { repair: state, reason: null, nextAttemptAt: null },
    });
    if (count === 0) return;
    const { requestedBy: actor } = await tx.verification.update({
      where: { id: verificationId },
      data: { settled: { increment: 1 } },
    });
    if (state === 'gone') return;
    const media = await tx.media.findMany({
      where: { blobSha256 },
      select: { sid: true },
      take: MAX_AUDITED,
    });
    const action = 'media.repair';
    const after = { file, kind };
    await recordAudit(
      tx,
      media.map(({ sid: target }) => ({ actor, action, target, after })),
    );
  }

  async function endOrWait({ id, repair }: Verification): Promise<void> {
    await prisma.$transaction(async (tx) => {
      const next = await tx.verificationFinding.findFirst({
        where: { verificationId: id, repair: 'waiting' },
        orderBy: [{ nextAttemptAt: 'asc' }, { id: 'asc' }],
      });
      const { count } = await tx.verification.updateMany({
        // One that is to be repaired since then has a job for that.
        where: { id, state: 'running', repair },
        data:
          next === null
            ? { state: 'done', endedAt: new Date(), problem: null }
            : { problem: next.reason },
      });
      if (next === null || count === 0) return;
      const startAfter = next.nextAttemptAt ?? new Date();
      await queue.send(tx, 'verify-files', [{ payload: { id }, startAfter }]);
    });
  }
}
