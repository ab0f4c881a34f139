import type { Logger } from 'pino';
import type { Database } from '../../database/database.ts';
import { createLoggedTask } from '../../database/logged-task.ts';
import { type ScanOrder, scanRows } from '../../database/scan-rows.ts';
import { type Deletion, Prisma } from '../../generated/prisma/client.ts';
import { repeatTask } from '../../lifecycle/repeat-task.ts';

import type { ReadinessCheck } from '../../monitoring/readiness.ts';

const DAY_MS = 86_400_000;
// Twilio needs 14 days at the very most.
const MAX_MS = 15 * DAY_MS;
const BLOCKED_MS = DAY_MS;
// What is to go here goes within seconds or minutes, whatever Twilio wants.
const MAX_HERE_MS = DAY_MS;
const LOOK_EVERY_MS = 60_000;

export const NEWEST_DELETION_FIRST: ScanOrder<Pick<Deletion, 'id'>> = {
  table: Prisma.sql`deletion`,
  columns: { id: 'id' },
  orderBy: Prisma.sql`id DESC`,
  after: ({ id }) => Prisma.sql`id < ${id}`,
};

export const IS_OPEN = Prisma.sql`completed_at IS NULL`;

/** Of those that are open, the ones that do not come to their end by themselves: a person has to look. */
export function isStuck(now = new Date()): Prisma.Sql {
  const ago = (ms: number) => new Date(now.getTime() - ms);
  return Prisma.sql`(created_at < ${ago(MAX_MS)} OR EXISTS (
    SELECT 1 FROM deletion_target AS target
    WHERE target.deletion_id = deletion.id AND target.is_open
      AND target.blocked_since < ${ago(BLOCKED_MS)})
    OR (created_at < ${ago(MAX_HERE_MS)} AND EXISTS (
      SELECT 1 FROM deletion_target AS target
      WHERE target.deletion_id = deletion.id AND target.local = 'pending')))`;
}

/** Looks for deletions that are stuck, and tells of each once. */
interface StuckDeletions {
  /** As of the last look. */
  count(): number;
  /** Looks, and says what is wrong. */
  check: ReadinessCheck;
  stop(): Promise<void>;
}

export function watchStuckDeletions({ prisma }: Database, log: Logger): StuckDeletions {
  const told = new Set<bigint>();
  let count = 0;

  async function look(): Promise<number> {
    let found = 0;
    const selection = { ranges: [IS_OPEN], filter: isStuck() };
    for await (const stuck of scanRows(prisma, NEWEST_DELETION_FIRST, selection)) {
      found += stuck.length;
      for (const { id } of stuck.filter((deletion) => !told.has(deletion.id))) {
        told.add(id);
        log.error(
          { deletionId: String(id) },
          'a deletion is stuck: GET /api/v1/deletions/{id} says why, POST …/retry tries it again',
        );
      }
    }
    count = found;
    return count;
  }

  const task = createLoggedTask(
    log,
    {
      begins: 'deletions that are stuck could not be looked for, tried again',
      ends: 'deletions that are stuck are looked for again',
    },
    async () => {
      await look();
    },
  );
  const stop = repeatTask({ task, everyMs: LOOK_EVERY_MS });

  return {
    count: () => count,
    async check() {
      // A database that does not answer is told by its own check.
      const stuck = await look().catch(() => count);
      return stuck === 0 ? undefined : `${stuck} stuck: GET /api/v1/deletions?state=stuck`;
    },
    stop,
  };
}
