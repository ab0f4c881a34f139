import pRetry from 'p-retry';
import { fromPrisma, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { isUnreachable } from '../database/server-client.ts';
import { asError } from '../errors/caught.ts';
import { createErrorLog, createFailureLog } from '../monitoring/outage-log.ts';
import { JOBS, type JobName } from './job-list.ts';
import type { JobQueue } from './job-queue.ts';
import { createJobRecovery } from './job-recovery.ts';
import { createJobRunner, type JobRunner } from './job-runner.ts';
import { notificationChannel, wakeForDueJobs } from './pg-boss-tables.ts';
import { awaitDatabase, runJob } from './run-job.ts';

const JOB_NAMES = Object.keys(JOBS) as JobName[];
// A killed process is detected by its expired lease; pg-boss checks every `SUPERVISE_SECONDS`.
const LEASE_SECONDS = 20;
// At its start the only process releases its predecessor's jobs; a long statement must not end a lease.
const EMBEDDED_LEASE_SECONDS = 3600;
const SUPERVISE_SECONDS = 10;
// Deferred jobs (retries) cause no notification when they become due: they are polled.
const POLL_SECONDS = 0.5;
const STOP_GRACE_MS = 10_000;
// It polls and supervises more often than that.
const QUIET_MS = 30_000;

/**
 * The queue on pg-boss, in the schema `pgboss` of the same database.
 *
 * Here and in `job-recovery.ts`, `pg-boss-tables.ts` and `due-jobs.ts` SQL reads and changes
 * pg-boss' tables, which are not a public API, because its API does not return which jobs are due, running
 * or waiting. So package.json pins its exact version: check these queries before raising it (ADR 0004).
 */
export function createPgBossQueue(database: Database, log: Logger): JobQueue {
  const boss = new PgBoss({
    ...database.queueConnection,
    schema: 'pgboss',
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
    schedule: false,
    registerInstance: false,
  });
  const outage = database.outage.queue;
  /** While jobs are worked on, polling for due jobs twice a second detects the end of an outage. */
  let isWorking = false;
  let isPinging = false;
  function logUnreachable({ message }: Error): void {
    outage.failed(message);
    if (isWorking || isPinging) return;
    isPinging = true;
    void awaitDatabase({ ping: pingQueue }, stopping.signal).finally(() => {
      isPinging = false;
    });
  }

  async function pingQueue(): Promise<void> {
    try {
      await boss.getDb().executeSql('SELECT 1');
      outage.answered();
    } catch (error) {
      if (isUnreachable(error)) outage.failed(asError(error).message);
      throw error;
    }
  }

  function logError(error: Error): void {
    if (isUnreachable(error)) logUnreachable(error);
    else errors.failed(error);
  }
  const errors = createErrorLog(
    log,
    {
      begins: 'job queue error: it is tried again until it works',
      ends: 'the job queue has reported no error for 30 seconds',
    },
    QUIET_MS,
  );
  boss.on('error', logError);
  boss.on('warning', (warning) => log.warn({ warning }, 'job queue warning'));
  const stopping = new AbortController();
  const leaseSeconds = database.kind === 'embedded' ? EMBEDDED_LEASE_SECONDS : LEASE_SECONDS;
  const dueJobs = createFailureLog(log, {
    begins: 'due jobs cannot be queried, retrying',
    ends: 'due jobs can be queried again',
    failuresInARow: 1,
  });
  const runners = new Map<string, JobRunner>();
  const recovery = createJobRecovery({
    database,
    boss,
    log,
    onError(error) {
      if (!stopping.signal.aborted) logError(error);
    },
  });
  const untilAnswering = () => awaitDatabase(database, stopping.signal);
  let endWaking = async () => {};
  let endListening = async () => {};

  async function openQueue(name: JobName): Promise<void> {
    const options = {
      expireInSeconds: JOBS[name].expireInSeconds,
      heartbeatSeconds: leaseSeconds,
      // An error that a job does not handle itself is a bug or a database failure: keep retrying.
      retryLimit: 10_000,
      retryDelay: 1,
      retryBackoff: true,
      retryDelayMax: 60,
      retentionSeconds: 30 * 86_400,
      deleteAfterSeconds: 3600,
      notify: true,
    };
    await boss.createQueue(name, { policy: 'short', ...options });
    await boss.updateQueue(name, options);
    // Fills pg-boss' cache now: later it would query the pool, even inside a transaction that holds its
    // only connection.
    await boss.getQueue(name);
  }

  /** Starts jobs when they are sent; the query for due jobs finds those whose notification was lost. */
  async function listenForJobs(): Promise<() => Promise<void>> {
    const wakeAll = () => runners.forEach((runner) => void runner.wake());
    try {
      const subscription = await boss
        .getDb()
        .listen?.(await notificationChannel(boss), (name) => runners.get(name)?.wake(), wakeAll);
      return async () => subscription?.close();
    } catch (error) {
      log.warn({ err: error }, 'new jobs are not notified, only polled for');
      return async () => undefined;
    }
  }

  const keyOf = (name: JobName, payload: unknown) =>
    (JOBS[name].key as (payload: unknown) => string)(payload);

  const queue: JobQueue = {
    async send(tx, name, jobs) {
      if (jobs.length === 0) return;
      await boss.insert(
        name,
        jobs.map(({ payload, startAfter, priority = 0 }) => ({
          data: payload,
          priority,
          singletonKey: keyOf(name, payload),
          // As a delay, because pg-boss compares it with the database's clock.
          ...(startAfter === undefined ? {} : { startAfter: secondsUntil(startAfter) }),
        })),
        { db: fromPrisma(tx) },
      );
    },
    async sendMissing(tx, name, jobs) {
      const keys = jobs.map(({ payload }) => keyOf(name, payload));
      // The queue policy `short` only deduplicates jobs that have never run.
      const { rows } = await fromPrisma(tx).executeSql(
        `SELECT singleton_key AS key FROM pgboss.job
        WHERE name = $1 AND state < 'completed' AND singleton_key = ANY($2::text[])`,
        [name, keys],
      );
      const present = new Set((rows as { key: string }[]).map(({ key }) => key));
      const missing = jobs.filter(({ payload }) => !present.has(keyOf(name, payload)));
      await queue.send(tx, name, missing);
      return missing.length;
    },
    async sendOrBringForward(tx, name, jobs) {
      await queue.send(tx, name, jobs);
      for (const { payload, startAfter } of jobs) {
        const seconds = startAfter === undefined ? 0 : secondsUntil(startAfter);
        await fromPrisma(tx).executeSql(
          `UPDATE pgboss.job SET start_after = now() + $3 * interval '1 second'
          WHERE name = $1 AND state = 'created' AND singleton_key = $2
            AND start_after > now() + $3 * interval '1 second'`,
          [name, keyOf(name, payload), seconds],
        );
      }
    },
    async complete(tx, name, claims) {
      const attempts = claims.map(({ id, retryCount }) => ({ id, retryCount }));
      await boss.complete(name, attempts, null, { db: fromPrisma(tx) });
    },
    async start() {
      await boss.start({ attempts: 4 });
      for (const name of JOB_NAMES) {
        await pRetry(() => openQueue(name), { retries: 3, minTimeout: 200 });
      }
    },
    async work(handlers, concurrency = {}) {
      const missing = JOB_NAMES.filter((name) => handlers[name] === undefined);
      const unknown = Object.keys(handlers).filter((name) => !(name in JOBS));
      if (missing.length > 0 || unknown.length > 0) {
        throw new Error(`Job handlers missing: [${missing}], unknown: [${unknown}]`);
      }
      await recovery.start();
      for (const name of JOB_NAMES) {
        const runner = createJobRunner({
          boss,
          name,
          concurrency: concurrency[name] ?? JOBS[name].concurrency,
          leaseSeconds,
          expireInSeconds: JOBS[name].expireInSeconds,
          run: (claim, data, signal) => runJob({ name, claim, data, handlers, signal, log }),
          untilAnswering,
          onError: logError,
        });
        runners.set(name, runner);
      }
      isWorking = true;
      endListening = await listenForJobs();
      endWaking = wakeForDueJobs({
        db: {
          async executeSql(text, values) {
            const result = await boss.getDb().executeSql(text, values);
            outage.answered();
            dueJobs.answered();
            return result;
          },
        },
        names: JOB_NAMES,
        everyMs: POLL_SECONDS * 1000,
        wake: (name) => runners.get(name)?.wake(),
        onError(error) {
          if (database.busy.isBusy()) return;
          if (isUnreachable(error)) outage.failed(error.message);
          else dueJobs.failed(error);
        },
      });
    },
    async stop() {
      stopping.abort(new Error('the process is stopping'));
      recovery.stop();
      await endListening();
      await endWaking();
      await Promise.all([...runners.values()].map((runner) => runner.stop(STOP_GRACE_MS)));
      await boss.stop({ graceful: true, timeout: STOP_GRACE_MS });
    },
  };
  return queue;
}

function secondsUntil(time: Date): number {
  return Math.max(0, time.getTime() - Date.now()) / 1000;
}
