import type { Logger } from 'pino';
import type { Database } from '../../database/database.ts';
import { createLoggedTask } from '../../database/logged-task.ts';
import { countRows, type ScanOrder, scanRows } from '../../database/scan-rows.ts';
import { type Deletion, Prisma } from '../../generated/prisma/client.ts';
import { repeatTask } from '../../lifecycle/repeat-task.ts';
import { shareInProportion } from '../../lifecycle/share-results.ts';

import type { ReadinessCheck } from '../../monitoring/readiness.ts';

const DAY_MS = 86_400_000;
// Twilio needs 14 days at the very most.
const MAX_MS = 15 * DAY_MS;
const BLOCKED_MS = DAY_MS;
// Deleting here takes seconds or minutes, however long Twilio takes.
const MAX_LOCAL_MS = DAY_MS;
const CHECK_EVERY_MS = 60_000;
// A fiftieth of the database's time at most, as for the counts of attachments.
const SHARE_FACTOR = 50;

export const NEWEST_DELETION_FIRST: ScanOrder<Pick<Deletion, 'id'>> = {
  table: Prisma.sql`deletion`,
  columns: { id: 'id' },
  orderBy: Prisma.sql`id DESC`,
  after: ({ id }) => Prisma.sql`id < ${id}`,
};

export const IS_OPEN = Prisma.sql`completed_at IS NULL`;

/** Condition for open deletions that will not complete by themselves: an operator has to step in. */
export function isStuck(now = new Date()): Prisma.Sql {
  const ago = (ms: number) => new Date(now.getTime() - ms);
  return Prisma.sql`(created_at < ${ago(MAX_MS)} OR EXISTS (
    SELECT 1 FROM deletion_target AS target
    WHERE target.deletion_id = deletion.id AND target.is_open
      AND target.blocked_since < ${ago(BLOCKED_MS)})
    OR (created_at < ${ago(MAX_LOCAL_MS)} AND EXISTS (
      SELECT 1 FROM deletion_target AS target
      WHERE target.deletion_id = deletion.id AND target.local = 'pending')))`;
}

/** Checks for stuck deletions, and logs each once. */
interface StuckDeletions {
  /** As of the last check. */
  count(): number;
  /** How many deletions are open, stuck or not. */
  countOpen(): Promise<number>;
  /** Checks now, and reports how many are stuck. */
  check: ReadinessCheck;
  stop(): Promise<void>;
}

export function watchStuckDeletions({ prisma }: Database, log: Logger): StuckDeletions {
  const reported = new Set<bigint>();
  let count = 0;

  async function checkStuck(): Promise<number> {
    let found = 0;
    const selection = { ranges: [IS_OPEN], filter: isStuck() };
    for await (const stuck of scanRows(prisma, NEWEST_DELETION_FIRST, selection)) {
      found += stuck.length;
      for (const { id } of stuck.filter((deletion) => !reported.has(deletion.id))) {
        reported.add(id);
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
      begins: 'the check for stuck deletions failed, retrying',
      ends: 'the check for stuck deletions works again',
    },
    async () => {
      await checkStuck();
    },
  );
  const stop = repeatTask({ task, everyMs: CHECK_EVERY_MS });

  return {
    count: () => count,
    countOpen: shareInProportion(
      () =>
        countRows(prisma, NEWEST_DELETION_FIRST, { ranges: [IS_OPEN], filter: Prisma.sql`true` }),
      SHARE_FACTOR,
    ),
    async check() {
      // A database that does not answer is reported by its own check.
      const stuck = await checkStuck().catch(() => count);
      return stuck === 0 ? undefined : `${stuck} stuck: GET /api/v1/deletions?state=stuck`;
    },
    stop,
  };
}
