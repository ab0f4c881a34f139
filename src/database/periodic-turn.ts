import type { Database } from './database.ts';

/** Timers of several processes differ, and each process waits a whole interval after its own last one. */
const NEARLY = 0.9;
/** Statements that run at the same time differ by less. What was begun later was begun before the clock was set back. */
const AHEAD_SECONDS = 60;

/**
 * For a task that runs periodically in each process, but needs only one of them: whether it is this process's turn.
 * It is, when no process has begun the task in the interval, or since this process asked first. The turn is taken
 * with the answer; who fails or ends in the middle leaves the rest to the next interval.
 *
 * @param name of the task, the same in each process
 * @returns to be asked before each run
 */
export function createTurns(
  { prisma }: Pick<Database, 'prisma'>,
  name: string,
  everyMs: number,
): () => Promise<boolean> {
  /** On the database's clock, like all times here. */
  let firstAskedAt: Date | undefined;
  return async () => {
    if (firstAskedAt === undefined) {
      const [row] = await prisma.$queryRaw<{ now: Date }[]>`SELECT now()`;
      firstAskedAt = row?.now;
    }
    // The row decides between processes that ask at the same time.
    const taken = await prisma.$executeRaw`
      INSERT INTO periodic_task AS task (name, begun_at) VALUES (${name}, now())
      ON CONFLICT (name) DO UPDATE SET begun_at = now()
      WHERE task.begun_at
        < greatest(${firstAskedAt}, now() - make_interval(secs => ${(everyMs * NEARLY) / 1000}))
        OR task.begun_at > now() + make_interval(secs => ${AHEAD_SECONDS})`;
    return taken > 0;
  };
}
