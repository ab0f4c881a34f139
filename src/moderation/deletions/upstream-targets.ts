import type { Database, Transaction } from '../../database/database.ts';
import type { DeletionTarget, Prisma } from '../../generated/prisma/client.ts';
import { parseRetryAfter } from '../../net/retry-after.ts';
import { settleTargets } from './remove-target-files.ts';

/**
 * The result of a DELETE at Twilio. Failures: `too-early` is Twilio's error 20009, `refused` means that our
 * credentials were, `outage` is everything else.
 */
export type UpstreamAnswer =
  | { done: true }
  | {
      done: false;
      failure: 'too-early' | 'refused' | 'outage';
      reason: string;
      retryAfterSeconds: number;
    };

const TOO_EARLY = 20009;

/** Reads Twilio's answer to a DELETE: 204, or 404 (20404: not found or deleted before), is done. */
export function readAnswer(status: number, retryAfter: string, body: string): UpstreamAnswer {
  if (status === 204 || status === 404) return { done: true };
  const code = errorCode(body);
  return {
    done: false,
    failure: code === TOO_EARLY ? 'too-early' : isRefusal(status) ? 'refused' : 'outage',
    reason: `Twilio answered ${status}${code === 0 ? '' : `, code ${code}`}`,
    retryAfterSeconds: parseRetryAfter(retryAfter, new Date()) ?? 0,
  };
}

function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}

/** The `code` of Twilio's error body, 0 where there is none. */
function errorCode(body: string): number {
  return Number(/"code"\s*:\s*(\d+)/.exec(body)?.[1] ?? 0);
}

// The upstream state of targets. A sid may be a target of several deletions.

/** Targets that wait for Twilio. */
const WAITS_FOR_TWILIO = {
  upstream: { in: ['pending', 'retrying'] },
} as const satisfies Prisma.DeletionTargetWhereInput;

export type UpstreamTarget = Pick<
  DeletionTarget,
  'accountSid' | 'attempts' | 'nextAttemptAt' | 'forgottenAt'
>;

/** Null when no deletion waits for Twilio to delete this. */
export function upstreamTarget({ prisma }: Database, sid: string): Promise<UpstreamTarget | null> {
  return prisma.deletionTarget.findFirst({
    where: { sid, ...WAITS_FOR_TWILIO },
    select: { accountSid: true, attempts: true, nextAttemptAt: true, forgottenAt: true },
    orderBy: { deletionId: 'asc' },
  });
}

/** Records that Twilio's copies of these are gone. @param tx the caller commits it */
export async function markUpstreamDone(tx: Transaction, sids: readonly string[]): Promise<void> {
  await tx.deletionTarget.updateMany({
    where: { sid: { in: [...sids] }, ...WAITS_FOR_TWILIO },
    data: {
      upstream: 'done',
      reason: null,
      nextAttemptAt: null,
      blockedSince: null,
      attempts: { increment: 1 },
    },
  });
  await settleTargets(tx, sids);
}

/** Records that Twilio has not deleted this yet. @param tx the caller commits it */
export async function markUpstreamRetrying(
  tx: Transaction,
  sid: string,
  { reason, failure }: Extract<UpstreamAnswer, { done: false }>,
  { attempts, nextAttemptAt }: { attempts: number; nextAttemptAt: Date },
): Promise<void> {
  const where = { sid, ...WAITS_FOR_TWILIO };
  await tx.deletionTarget.updateMany({
    where,
    data: { upstream: 'retrying', attempts, reason, nextAttemptAt },
  });
  if (failure === 'refused') {
    const data = { blockedSince: new Date() };
    await tx.deletionTarget.updateMany({ where: { ...where, blockedSince: null }, data });
  } else {
    await tx.deletionTarget.updateMany({ where, data: { blockedSince: null } });
  }
}
