import type { PgBoss } from 'pg-boss';

// A connection that was cut off without a word never answers: the next question takes another one.
const QUERY_TIMEOUT_MS = 5000;

/**
 * Jobs are announced when they are sent, not when a deferred one falls due. One small question for
 * all queues finds those: every worker asking for itself keeps an idle database busy.
 *
 * @param wake called with each queue that has a job to run
 * @param onError told of questions that failed, or had no answer within 5 seconds
 * @returns ends it; resolves once no question is under way, or has been given up
 */
export function wakeForDueJobs({
  db,
  names,
  everyMs,
  wake,
  onError,
}: {
  db: Pick<ReturnType<PgBoss['getDb']>, 'executeSql'>;
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
    if (ended) return;
    for (const { name } of rows as { name: string }[]) wake(name);
  }

  function plan(): void {
    if (ended) return;
    timer = setTimeout(() => {
      asking = withinPatience(ask()).catch(onError).finally(plan);
    }, everyMs);
  }

  plan();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await asking;
  };
}

/** @throws Error when it takes too long; what comes of it then is nobody's business */
async function withinPatience(question: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new Error(
          `The database did not say within ${QUERY_TIMEOUT_MS / 1000} s which jobs are due`,
        ),
      );
    }, QUERY_TIMEOUT_MS);
  });
  try {
    await Promise.race([question, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
