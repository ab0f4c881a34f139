import type { Prisma } from '../../generated/prisma/client.ts';
import type { Database } from '../../storage/database.ts';
import type { DeleteMedia } from '../deletions/delete-media.ts';
import { deleteUnlessGone } from '../deletions/delete-unless-gone.ts';
import { RETENTION_STATES, type RetentionRules, type RetentionState } from './retention-rules.ts';

const BATCH = 100;
const DAY_MS = 86_400_000;
const RETENTION = { actor: 'system:retention', reasonCode: 'retention' };

/**
 * Deletes what is older than its rule allows, everywhere, one media after the other. Pinned media stay,
 * and so do those that are still being fetched.
 *
 * @returns how many
 */
export type SweepRetention = (now: Date, signal: AbortSignal) => Promise<number>;

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
      for (let after = ''; ; ) {
        const rows = await prisma.media.findMany({
          where: {
            ...inState(state),
            pinned: false,
            receivedAt: { lt: before },
            sid: { gt: after },
          },
          select: { sid: true },
          orderBy: { sid: 'asc' },
          take: BATCH,
        });
        for (const { sid } of rows) {
          signal.throwIfAborted();
          const reason = `older than ${days} days`;
          if (await deleteUnlessGone(deleteMedia, { ...RETENTION, sid, reason })) count += 1;
        }
        const last = rows.at(-1);
        if (last === undefined) break;
        after = last.sid;
      }
    }
    return count;
  };
}

function inState(state: RetentionState): Prisma.MediaWhereInput {
  return state === 'failed' ? { state } : { state: 'stored', moderation: state };
}
