import { fromPrisma, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database } from '../storage/database.ts';
import { JOBS, type JobHandlers, type JobName } from './job-list.ts';
import type { JobQueue } from './job-queue.ts';
import { runJob } from './run-job.ts';

const JOB_NAMES = Object.keys(JOBS) as JobName[];
// A killed process is noticed after one missed lease, looked for this often.
const LEASE_SECONDS = 20;
const SUPERVISE_SECONDS = 10;
// Deferred jobs (retries) have no notification when they fall due: somebody has to look for them. One
// idle worker of a kind does, and wakes the next when it finds one: a look costs the embedded
// database nearly a millisecond.
const LOOK_MS = 500;
const POLL_SECONDS = 60;
const STOP_GRACE_MS = 10_000;

/** The queue on pg-boss, in the schema `pgboss` of the same database. */
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
  boss.on('error', (error) => log.error({ err: error }, 'job queue error'));
  boss.on('warning', (warning) => log.warn({ warning }, 'job queue warning'));
  const stopping = new AbortController();
  const lookouts: NodeJS.Timeout[] = [];

  async function openQueue(name: JobName): Promise<void> {
    const options = {
      expireInSeconds: JOBS[name].expireInSeconds,
      heartbeatSeconds: LEASE_SECONDS,
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

  async function workOn<N extends JobName>(
    name: N,
    handlers: JobHandlers,
    concurrency: number,
  ): Promise<void> {
    const idle = new Set<string>();
    const lookForMore = () => {
      const [id] = idle;
      if (id !== undefined) boss.notifyWorker(id);
    };
    for (let worker = 0; worker < concurrency; worker += 1) {
      const id: string = await boss.work(
        name,
        { pollingIntervalSeconds: POLL_SECONDS, notifyPollingIntervalSeconds: POLL_SECONDS },
        async ([job]) => {
          if (job === undefined) return;
          const signal = AbortSignal.any([job.signal, stopping.signal]);
          idle.delete(id);
          lookForMore();
          try {
            await runJob({ name, id: job.id, data: job.data, handlers, signal, log });
          } finally {
            idle.add(id);
          }
          // There may be more: look at once.
          boss.notifyWorker(id);
        },
      );
      idle.add(id);
    }
    lookouts.push(setInterval(lookForMore, LOOK_MS));
  }

  return {
    async send(tx, name, jobs) {
      if (jobs.length === 0) return;
      await boss.insert(
        name,
        jobs.map(({ payload, startAfter }) => ({
          data: payload,
          singletonKey: (JOBS[name].key as (payload: unknown) => string)(payload),
          ...(startAfter === undefined ? {} : { startAfter }),
        })),
        { db: fromPrisma(tx) },
      );
    },
    async start() {
      await boss.start();
      for (const name of JOB_NAMES) await openQueue(name);
    },
    async work(handlers, concurrency = {}) {
      const missing = JOB_NAMES.filter((name) => handlers[name] === undefined);
      const unknown = Object.keys(handlers).filter((name) => !(name in JOBS));
      if (missing.length > 0 || unknown.length > 0) {
        throw new Error(`Job handlers missing: [${missing}], unknown: [${unknown}]`);
      }
      await releaseDeadJobs();
      for (const name of JOB_NAMES) {
        await workOn(name, handlers, concurrency[name] ?? JOBS[name].concurrency);
      }
    },
    async stop() {
      for (const lookout of lookouts) clearInterval(lookout);
      stopping.abort(new Error('the process is stopping'));
      await boss.stop({ graceful: true, timeout: STOP_GRACE_MS });
    },
  };
}
