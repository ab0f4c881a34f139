import type { Database } from '../../database/database.ts';
import { NEWEST_MEDIA_FIRST } from '../../database/media-scan.ts';
import { scanRows } from '../../database/scan-rows.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { DeleteMedia } from '../deletions/delete-media.ts';
import { deleteUnlessGone } from '../deletions/delete-unless-gone.ts';
import { RETENTION_STATES, type RetentionRules, type RetentionState } from './retention-rules.ts';

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
      const isDue = Prisma.sql`${inState(state)} AND NOT pinned AND received_at < ${before}`;
      const selection = {
        ranges: [Prisma.sql`${indexed(state)} AND received_at < ${before}`],
        filter: isDue,
      };
      for await (const rows of scanRows(prisma, NEWEST_MEDIA_FIRST, selection)) {
        for (const { sid } of rows) {
          signal.throwIfAborted();
          const reason = `older than ${days} days`;
          // Looked at once more: somebody may have pinned it, or decided about it, since it was read.
          const request = { ...RETENTION, sid, reason, onlyIf: isDue };
          if (await deleteUnlessGone(deleteMedia, request)) count += 1;
        }
      }
    }
    return count;
  };
}

/** The condition of a state that an index has: the narrower one of the two. */
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
