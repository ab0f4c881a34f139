import pRetry from 'p-retry';
import { fromPrisma, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { isUnreachable } from '../database/server-client.ts';
import { asError } from '../errors/caught.ts';
import { createFailureLog } from '../monitoring/outage-log.ts';
import { JOBS, type JobHandlers, type JobName } from './job-list.ts';
import type { JobQueue } from './job-queue.ts';
import { createRollbackCheck, REPAIR_JOB_TIMES, wakeForDueJobs } from './pg-boss-tables.ts';
import { awaitDatabase, runJob } from './run-job.ts';

const JOB_NAMES = Object.keys(JOBS) as JobName[];
// A killed process is detected by its expired lease; pg-boss checks every `SUPERVISE_SECONDS`.
const LEASE_SECONDS = 20;
// At its start the only process releases its predecessor's jobs; a long statement must not end a lease.
const EMBEDDED_LEASE_SECONDS = 3600;
const SUPERVISE_SECONDS = 10;
// Deferred jobs (retries) cause no notification when they become due: they are polled.
const POLL_SECONDS = 0.5;
// Poll interval of each worker, in case a notification is lost; without LISTEN it is `POLL_SECONDS`.
const NOTIFIED_POLL_SECONDS = 30;
const STOP_GRACE_MS = 10_000;
const CLOCK_MS = 30_000;

/**
 * The queue on pg-boss, in the schema `pgboss` of the same database.
 *
 * Here and in `pg-boss-tables.ts` and `worker-heartbeat.ts` SQL reads and changes
 * pg-boss' tables, which are not a public API, because its API does not return which jobs are due, running
 * or waiting. So package.json pins its exact version: check these queries before raising it (ADR 0004).
 */
export function createPgBossQueue(database: Database, log: Logger): JobQueue {
  const boss = new PgBoss({
    ...database.queueConnection,
    schema: 'pgboss',
    useListenNotify: true,
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
    else log.error({ err: error }, 'job queue error');
  }
  boss.on('error', logError);
  boss.on('warning', (warning) => log.warn({ warning }, 'job queue warning'));
  const stopping = new AbortController();
  const dueJobs = createFailureLog(log, {
    begins: 'due jobs cannot be queried, retrying',
    ends: 'due jobs can be queried again',
    failuresInARow: 1,
  });
  const workers = new Map<string, string[]>();
  let endWaking = async () => {};

  async function openQueue(name: JobName): Promise<void> {
    const options = {
      expireInSeconds: JOBS[name].expireInSeconds,
      heartbeatSeconds: database.kind === 'embedded' ? EMBEDDED_LEASE_SECONDS : LEASE_SECONDS,
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

  // The embedded database has one process: jobs that are still active died with the previous one.
  async function releaseDeadJobs(): Promise<void> {
    const { db } = database.queueConnection;
    if (database.kind !== 'embedded' || db === undefined) return;
    const { rows } = await db.executeSql(
      `SELECT name, array_agg(id::text) AS ids FROM pgboss.job WHERE state = 'active' GROUP BY name`,
    );
    for (const { name, ids } of rows as { name: string; ids: string[] }[]) {
      await boss.fail(name, ids, { message: 'the process ended' });
    }
  }

  async function repairJobTimes(): Promise<void> {
    const { rows } = await boss.getDb().executeSql(REPAIR_JOB_TIMES);
    const [{ count } = { count: 0 }] = rows as { count: number }[];
    if (count > 0)
      log.warn({ count }, "the database's clock was set back: job times were repaired");
  }

  const wasRolledBack = createRollbackCheck();
  /** Jobs are scheduled on the database's clock. */
  async function watchClock(): Promise<void> {
    try {
      const { rows } = await boss
        .getDb()
        .executeSql('SELECT (extract(epoch FROM now()) * 1000)::float8 AS clock');
      const [{ clock } = { clock: 0 }] = rows as { clock: number }[];
      if (wasRolledBack(clock)) await repairJobTimes();
    } catch (error) {
      if (!stopping.signal.aborted) logError(asError(error));
    }
  }
  let clockTimer: NodeJS.Timeout | undefined;

  async function workOn<N extends JobName>(
    name: N,
    handlers: JobHandlers,
    concurrency: number,
  ): Promise<void> {
    const ids: string[] = [];
    workers.set(name, ids);
    for (let worker = 0; worker < concurrency; worker += 1) {
      const id: string = await boss.work(
        name,
        {
          pollingIntervalSeconds: POLL_SECONDS,
          notifyPollingIntervalSeconds: NOTIFIED_POLL_SECONDS,
        },
        async ([job]) => {
          if (job === undefined) return;
          const signal = AbortSignal.any([job.signal, stopping.signal]);
          await runJob({ name, id: job.id, data: job.data, handlers, signal, log }).catch(
            async (error) => {
              await awaitDatabase(database, signal);
              throw error;
            },
          );
          // There may be more jobs: fetch immediately instead of after the poll interval.
          boss.notifyWorker(id);
        },
      );
      ids.push(id);
    }
  }

  const keyOf = (name: JobName, payload: unknown) =>
    (JOBS[name].key as (payload: unknown) => string)(payload);

  const queue: JobQueue = {
    async send(tx, name, jobs) {
      if (jobs.length === 0) return;
      await boss.insert(
        name,
        jobs.map(({ payload, startAfter }) => ({
          data: payload,
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
      await repairJobTimes();
      await watchClock();
      clockTimer = setInterval(() => {
        void watchClock();
      }, CLOCK_MS);
      await releaseDeadJobs();
      for (const name of JOB_NAMES) {
        await workOn(name, handlers, concurrency[name] ?? JOBS[name].concurrency);
      }
      isWorking = true;
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
        wake: (name) => workers.get(name)?.forEach((id) => void boss.notifyWorker(id)),
        onError(error) {
          if (database.busy.isBusy()) return;
          if (isUnreachable(error)) outage.failed(error.message);
          else dueJobs.failed(error);
        },
      });
    },
    async stop() {
      stopping.abort(new Error('the process is stopping'));
      clearInterval(clockTimer);
      await endWaking();
      await boss.stop({ graceful: true, timeout: STOP_GRACE_MS });
    },
  };
  return queue;
}

function secondsUntil(time: Date): number {
  return Math.max(0, time.getTime() - Date.now()) / 1000;
}
