import type { Logger } from 'pino';
import type { Prisma } from '../../generated/prisma/client.ts';
import type { ReadinessCheck } from '../../http/health-router.ts';
import { repeatInTurn } from '../../repeat-in-turn.ts';
import type { Database } from '../../storage/database.ts';

const DAY_MS = 86_400_000;
// Twilio needs 14 days at the very most.
const LONGEST_MS = 15 * DAY_MS;
const BLOCKED_MS = DAY_MS;
const LOOK_EVERY_MS = 60_000;

/** Deletions that do not come to their end by themselves: a person has to look. */
export function isStuck(now = new Date()): Prisma.DeletionWhereInput {
  const ago = (ms: number) => new Date(now.getTime() - ms);
  return {
    completedAt: null,
    OR: [
      { createdAt: { lt: ago(LONGEST_MS) } },
      { targets: { some: { isOpen: true, blockedSince: { lt: ago(BLOCKED_MS) } } } },
    ],
  };
}

/** Looks for deletions that are stuck, and tells of each once. */
export interface StuckDeletions {
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
    const stuck = await prisma.deletion.findMany({ where: isStuck(), select: { id: true } });
    for (const { id } of stuck.filter((deletion) => !told.has(deletion.id))) {
      told.add(id);
      log.error(
        { deletionId: String(id) },
        'a deletion is stuck: GET /api/v1/deletions/{id} says why, POST …/retry tries it again',
      );
    }
    count = stuck.length;
    return count;
  }

  const lookNow = async () => {
    await look().catch((error: Error) => {
      log.error({ err: error }, 'could not look for deletions that are stuck');
    });
  };
  const stop = repeatInTurn({ task: lookNow, everyMs: LOOK_EVERY_MS });

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
