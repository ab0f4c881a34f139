import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { createLoggedTask } from '../database/logged-task.ts';
import { repeatTask } from '../lifecycle/repeat-task.ts';

const EVERY_MS = 3_600_000;
/** A claim can be looked up for so long after its end. */
const KEPT_DAYS = 7;

/**
 * Regularly removes claims that ended a week ago.
 *
 * @returns a function that stops it
 */
export function startClaimHousekeeping(deps: {
  database: Database;
  log: Logger;
}): () => Promise<void> {
  const { prisma } = deps.database;
  const task = createLoggedTask(
    deps.log,
    { begins: 'old claims cannot be removed, retrying', ends: 'old claims are removed again' },
    async () => {
      await prisma.$executeRaw`
        DELETE FROM claim WHERE ended_at < now() - make_interval(days => ${KEPT_DAYS}::int)`;
    },
  );
  return repeatTask({ task, everyMs: EVERY_MS });
}
