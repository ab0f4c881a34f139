import type { PgBoss } from 'pg-boss';

/**
 * Jobs are announced when they are sent, not when a deferred one falls due. One small question for
 * all queues finds those: every worker asking for itself keeps an idle database busy.
 *
 * @param wake called with each queue that has a job to run
 * @returns ends it; resolves once no question is under way
 */
export function wakeForDueJobs({
  db,
  names,
  everyMs,
  wake,
  onError,
}: {
  db: ReturnType<PgBoss['getDb']>;
  names: string[];
  everyMs: number;
  wake: (name: string) => void;
  onError: (error: Error) => void;
}): () => Promise<void> {
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  let asking = Promise.resolve();

  async function ask(): Promise<void> {
    const { rows } = await db.executeSql(
      `SELECT queue AS name FROM unnest($1::text[]) AS queue WHERE EXISTS (
        SELECT FROM pgboss.job WHERE name = queue AND state < 'active' AND start_after <= now()
      )`,
      [names],
    );
    for (const { name } of rows as { name: string }[]) wake(name);
  }

  function plan(): void {
    if (ended) return;
    timer = setTimeout(() => {
      asking = ask().catch(onError).finally(plan);
    }, everyMs);
  }

  plan();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await asking;
  };
}
