import { recordAudit } from '../audit/record-audit.ts';
import type { Database, Transaction } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Decider } from './decisions.ts';

/**
 * Queues a scan of stored media by the classifier, also of those that have a verdict already.
 *
 * @param tx the caller commits it
 * @returns the sids of those that are stored
 */
export async function requestScans(
  tx: Transaction,
  queue: JobQueue,
  sids: readonly string[],
  { actor, reasonCode, reason }: Decider,
): Promise<Set<string>> {
  const stored = await tx.media.findMany({
    where: { sid: { in: [...sids] }, state: 'stored', blobSha256: { not: null } },
    select: { sid: true, blobSha256: true },
  });
  if (stored.length === 0) return new Set();
  const hashes = [...new Set(stored.map(({ blobSha256 }) => String(blobSha256)))].sort();
  // In a fixed order, so that two requests for the same files cannot deadlock.
  await tx.$queryRaw`SELECT sha256 FROM blob WHERE sha256 = ANY(${hashes}) ORDER BY sha256 FOR UPDATE`;
  await tx.blob.updateMany({
    where: { sha256: { in: hashes } },
    data: { nextScanAt: new Date(), scanAttempts: 0 },
  });
  await recordAudit(
    tx,
    stored.map(({ sid }) => ({ actor, action: 'media.scan', target: sid, reasonCode, reason })),
  );
  await queue.send(tx, 'scan-again', [{ payload: { byHand: true } }]);
  return new Set(stored.map(({ sid }) => sid));
}

/** @throws AppError `conflict` when there is no classifier */
export function mustBeScanning(isScanning: boolean): void {
  if (!isScanning) throw new AppError('conflict', 'There is no classifier: SCAN_URL is not set.');
}

/**
 * Requests a scan of one attachment, for a moderator.
 *
 * @throws AppError `conflict` when there is no classifier, `not_found`, `media_deleted`, `media_not_stored`
 */
export type RequestScan = (sid: string, decider: Decider) => Promise<void>;

export function createRequestScan(deps: {
  database: Database;
  queue: JobQueue;
  isScanning: boolean;
}): RequestScan {
  const { database, queue, isScanning } = deps;
  return (sid, decider) =>
    database.prisma.$transaction(async (tx) => {
      const media = await tx.media.findUnique({ where: { sid }, select: { state: true } });
      if (media === null) throw new AppError('not_found', 'There is no media with this sid.');
      if (media.state === 'deleted') throw new AppError('media_deleted', 'This media was deleted.');
      mustBeScanning(isScanning);
      const { size } = await requestScans(tx, queue, [sid], decider);
      if (size === 0) throw new AppError('media_not_stored', 'Its bytes are not stored.');
    });
}
