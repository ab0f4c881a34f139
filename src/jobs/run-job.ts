import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { isDatabaseOutage } from '../database/server-client.ts';
import { isLoggedOutage } from '../monitoring/outage-log.ts';
import {
  JOBS,
  type JobClaim,
  type JobHandlers,
  type JobName,
  type JobPayload,
} from './job-list.ts';

/**
 * Runs one job and writes its log line.
 *
 * @throws the handler's error, so that the queue retries the job
 */
export async function runJob<N extends JobName>(run: {
  name: N;
  claim: JobClaim;
  data: unknown;
  handlers: JobHandlers;
  signal: AbortSignal;
  log: Logger;
}): Promise<void> {
  const payload = JOBS[run.name].payload.parse(run.data) as JobPayload<N>;
  const log = run.log.child({ job: run.name, jobId: run.claim.id, ...payload });
  const startedAt = performance.now();
  try {
    await run.handlers[run.name](payload, run.signal, run.claim);
    log.info({ ms: Math.round(performance.now() - startedAt) }, 'job ended');
  } catch (error) {
    const ms = Math.round(performance.now() - startedAt);
    if (run.signal.aborted) log.info({ ms }, 'job handed back');
    else if (isLoggedOutage(error) || isDatabaseOutage(error))
      log.debug({ ms, err: error }, 'job waits for the end of an outage');
    else log.error({ ms, err: error }, 'job failed, the queue tries it again');
    throw error;
  }
}

const PAUSE_MS = 500;

/**
 * Waits until the database answers, or the process stops. Never rejects.
 *
 * A job that failed because the database was down is returned to the queue only then: pg-boss does not
 * retry its own statement, and a failure that it could not write would be noticed only when the job's
 * lease has expired.
 */
export async function awaitDatabase(
  { ping }: Pick<Database, 'ping'>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const answers = await ping().then(
      () => true,
      () => false,
    );
    if (answers) return;
    await setTimeout(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
}
