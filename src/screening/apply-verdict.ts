import { lockBlob } from '../database/blob-lock.ts';
import type { Transaction } from '../database/database.ts';
import type { Blob, Media } from '../generated/prisma/client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { applyDecision } from '../moderation/apply-decision.ts';
import { carryOut } from '../moderation/judgement.ts';
import { isProvisional } from '../moderation/provisional.ts';
import { judgeVerdict } from './judge-scan.ts';
import type { ScanVerdict } from './scan-answer.ts';

type Row = Pick<Media, 'sid' | 'moderation' | 'decidedBy' | 'decisionCode'>;

const ALLOWED = { actor: 'system:scan', reasonCode: 'scan', reason: 'the classifier allows it' };

/**
 * Keeps a verdict that came late with its bytes, and does what it says to the media that have them. What was
 * held only because there was none becomes visible when it allows; what a person decided about stays.
 *
 * @param tx the caller commits it
 */
export async function applyVerdict(
  tx: Transaction,
  queue: JobQueue,
  { sha256, key }: Pick<Blob, 'sha256' | 'key'>,
  verdict: ScanVerdict,
): Promise<void> {
  await lockBlob(tx, sha256);
  const { count } = await tx.blob.updateMany({
    where: { sha256, key },
    data: { scan: verdict, scanDueAt: null, scanTries: 0 },
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
