import type { Logger } from 'pino';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Database } from '../../database/database.ts';
import { NEWEST_MEDIA_FIRST } from '../../database/media-scan.ts';
import { scanRows } from '../../database/scan-rows.ts';
import { AppError } from '../../errors/app-error.ts';
import { asError } from '../../errors/caught.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import { repeatTask } from '../../lifecycle/repeat-task.ts';
import { createFailureLog } from '../../monitoring/outage-log.ts';
import type { Decider } from '../decisions.ts';
import { type DeleteMedia, deleteUnlessGone } from '../deletions/delete-media.ts';
import { RETENTION_STATES, type RetentionRules, type RetentionState } from './retention-rules.ts';

const DAY_MS = 86_400_000;
const RETENTION = { actor: 'system:retention', reasonCode: 'retention' };

/**
 * Deletes media that are older than their rule allows, everywhere, one after the other. Pinned media stay,
 * and so do those that are still being fetched.
 *
 * @returns how many were deleted
 */
type SweepRetention = (now: Date, signal: AbortSignal) => Promise<number>;

export function createSweepRetention(deps: {
  database: Database;
  deleteMedia: DeleteMedia;
  rules: RetentionRules;
}): SweepRetention {
  const { deleteMedia, rules } = deps;
  const { prisma } = deps.database;

  return async (now, signal) => {
    let count = 0;
    for (const state of RETENTION_STATES) {
      const days = rules[state];
      if (days === undefined) continue;
      const before = new Date(now.getTime() - days * DAY_MS);
      const isDue = Prisma.sql`${inState(state)} AND NOT pinned AND received_at < ${before}`;
      const selection = {
        ranges: [Prisma.sql`${indexed(state)} AND received_at < ${before}`],
        filter: isDue,
      };
      for await (const rows of scanRows(prisma, NEWEST_MEDIA_FIRST, selection)) {
        for (const { sid } of rows) {
          signal.throwIfAborted();
          const reason = `older than ${days} days`;
          // Checked again: a moderator may have pinned it, or decided about it, since it was read.
          const request = { ...RETENTION, sid, reason, onlyIf: isDue };
          if (await deleteUnlessGone(deleteMedia, request)) count += 1;
        }
      }
    }
    return count;
  };
}

/** The part of a state's condition that an index serves: the more selective one of the two. */
function indexed(state: RetentionState): Prisma.Sql {
  if (state === 'failed' || state === 'visible') {
    return Prisma.sql`state = ${state === 'failed' ? 'failed' : 'stored'}::"MediaState"`;
  }
  return Prisma.sql`moderation = ${state}::"Moderation"`;
}

function inState(state: RetentionState): Prisma.Sql {
  if (state === 'failed') return Prisma.sql`state = 'failed'`;
  return Prisma.sql`state = 'stored' AND moderation = ${state}::"Moderation"`;
}

const SWEEP_EVERY_MS = 86_400_000;

/**
 * Sweeps now and every day.
 *
 * @returns stops the sweeps
 */
export function startRetention(sweep: SweepRetention, log: Logger): () => Promise<void> {
  // A database outage is logged here, too: the media are kept for another day.
  const failureLog = createFailureLog(log, {
    begins: 'retention failed, retrying tomorrow',
    ends: 'retention works again',
    failuresInARow: 1,
  });
  const task = async (ending: AbortSignal) => {
    try {
      const count = await sweep(new Date(), ending);
      if (count > 0) log.info({ count }, 'media deleted by retention rules');
      failureLog.answered();
    } catch (error) {
      if (!ending.aborted) failureLog.failed(asError(error));
    }
  };
  return repeatTask({ task, everyMs: SWEEP_EVERY_MS });
}

/**
 * Exempts an attachment from retention, or ends the exemption. Does nothing when that is so already.
 *
 * @throws AppError `not_found`, `media_deleted`
 */
export type PinMedia = (sid: string, pinned: boolean, decider: Decider) => Promise<void>;

export function createPinMedia({ prisma }: Database): PinMedia {
  return (sid, pinned, { actor, reasonCode, reason }) =>
    prisma.$transaction(async (tx) => {
      const { count } = await tx.media.updateMany({
        where: { sid, pinned: !pinned, state: { not: 'deleted' } },
        data: { pinned },
      });
      if (count === 0) {
        const media = await tx.media.findUnique({ where: { sid }, select: { state: true } });
        if (media === null) throw new AppError('not_found', 'There is no media with this sid.');
        if (media.state === 'deleted') throw new AppError('media_deleted', 'It was deleted.');
        return;
      }
      const action = pinned ? 'media.pin' : 'media.unpin';
      const before = { pinned: !pinned };
      const what = { actor, action, target: sid, reasonCode, reason } as const;
      await recordAudit(tx, [{ ...what, before, after: { pinned } }]);
    });
}
