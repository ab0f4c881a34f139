import type { Database, Transaction } from '../../database/database.ts';
import type { DeletionTarget, Prisma } from '../../generated/prisma/client.ts';
import { settleTargets } from './settle-targets.ts';
import type { UpstreamAnswer } from './upstream-answer.ts';

// How far Twilio's part is, as the targets tell it. A sid may be a target of several deletions.

/** Targets that wait for Twilio. */
const WAITS_FOR_TWILIO = {
  upstream: { in: ['pending', 'retrying'] },
} as const satisfies Prisma.DeletionTargetWhereInput;

export type UpstreamTarget = Pick<
  DeletionTarget,
  'accountSid' | 'attempts' | 'nextTryAt' | 'forgottenAt'
>;

/** Null where no deletion waits for this at Twilio. */
export function upstreamTarget({ prisma }: Database, sid: string): Promise<UpstreamTarget | null> {
  return prisma.deletionTarget.findFirst({
    where: { sid, ...WAITS_FOR_TWILIO },
    select: { accountSid: true, attempts: true, nextTryAt: true, forgottenAt: true },
    orderBy: { deletionId: 'asc' },
  });
}

/** Twilio's copies of these are gone. @param tx the caller commits it */
export async function markUpstreamDone(tx: Transaction, sids: readonly string[]): Promise<void> {
  await tx.deletionTarget.updateMany({
    where: { sid: { in: [...sids] }, ...WAITS_FOR_TWILIO },
    data: {
      ...{ upstream: 'done', reason: null, nextTryAt: null, blockedSince: null },
      attempts: { increment: 1 },
    },
  });
  await settleTargets(tx, sids);
}

/** Twilio did not delete this yet. @param tx the caller commits it */
export async function markUpstreamRetrying(
  tx: Transaction,
  sid: string,
  { reason, trouble }: Extract<UpstreamAnswer, { done: false }>,
  { attempts, nextTryAt }: { attempts: number; nextTryAt: Date },
): Promise<void> {
  const where = { sid, ...WAITS_FOR_TWILIO };
  await tx.deletionTarget.updateMany({
    where,
    data: { upstream: 'retrying', attempts, reason, nextTryAt },
  });
  if (trouble === 'refused') {
    const data = { blockedSince: new Date() };
    await tx.deletionTarget.updateMany({ where: { ...where, blockedSince: null }, data });
  } else {
    await tx.deletionTarget.updateMany({ where, data: { blockedSince: null } });
  }
}
