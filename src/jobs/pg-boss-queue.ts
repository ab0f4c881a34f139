import pRetry from 'p-retry';
import { fromPrisma, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { isUnreachable } from '../database/server-client.ts';
import { asError } from '../errors/caught.ts';
import { createFailureLog } from '../monitoring/outage-log.ts';
import { createRollbackCheck, REPAIR_JOB_TIMES } from './clock-rollback.ts';
import { JOBS, type JobHandlers, type JobName } from './job-list.ts';
import type { JobQueue } from './job-queue.ts';
import { awaitDatabase, runJob } from './run-job.ts';
import { wakeForDueJobs } from './wake-for-due-jobs.ts';

const JOB_NAMES = Object.keys(JOBS) as JobName[];
// A killed process is noticed after one missed lease, looked for this often.
const LEASE_SECONDS = 20;
// There is one process, which releases what its predecessor left when it starts. A lease must not run out
// while one statement keeps the database busy.
const EMBEDDED_LEASE_SECONDS = 3600;
const SUPERVISE_SECONDS = 10;
// Deferred jobs (retries) have no notification when they fall due: it is looked for them this often.
const POLL_SECONDS = 0.5;
// Of each worker, in case a notification was lost; where there are none it is `POLL_SECONDS`.
const NOTIFIED_POLL_SECONDS = 30;
const STOP_GRACE_MS = 10_000;
const CLOCK_MS = 30_000;

/**
 * The queue on pg-boss, in the schema `pgboss` of the same database.
 *
 * Here and in `wake-for-due-jobs.ts`, `clock-rollback.ts` and `worker-heartbeat.ts` SQL reads and changes its tables, which are
 * its own affair: nothing in its API says which jobs are due, run or wait. So package.json pins its exact
 * version, and whoever raises it looks at these queries first (ADR 0004).
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
  /** Where jobs are worked on, a look for due ones twice a second finds out when it is over. */
  let isWorking = false;
  let isAsking = false;
  function logUnreachable({ message }: Error): void {
    outage.failed(message);
    if (isWorking || isAsking) return;
    isAsking = true;
    void awaitDatabase({ ping: pingQueue }, stopping.signal).finally(() => {
      isAsking = false;
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
    begins: 'jobs that fall due are not found, tried again',
    ends: 'jobs that fall due are found again',
    failuresInARow: 1,
  });
  const workers = new Map<string, string[]>();
  let endWaking = async () => {};

  async function openQueue(name: JobName): Promise<void> {
    const options = {
      expireInSeconds: JOBS[name].expireInSeconds,
      heartbeatSeconds: database.kind === 'embedded' ? EMBEDDED_LEASE_SECONDS : LEASE_SECONDS,
      // What a job does not settle by itself is a fault of ours or of the database: keep trying.
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
    // Fills pg-boss' cache now: later it would ask the pool, also from inside a transaction that
    // holds its only connection.
    await boss.getQueue(name);
  }

  // The embedded database has one process: what is still marked as running died with the last one.
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
    if (count > 0) log.warn({ count }, "the database's clock was set back: jobs got other times");
  }

  const wasRolledBack = createRollbackCheck();
  /** The clock that jobs wait by is the database's. */
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
          // There may be more: look at once instead of after the poll interval.
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
          // As a pause, because the clock that says when it is over is the database's.
          ...(startAfter === undefined ? {} : { startAfter: secondsUntil(startAfter) }),
        })),
        { db: fromPrisma(tx) },
      );
    },
    async sendMissing(tx, name, jobs) {
      const keys = jobs.map(({ payload }) => keyOf(name, payload));
      // The policy of the queues knows only those that were never run.
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
