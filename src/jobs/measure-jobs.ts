import type { Database } from '../database/database.ts';
import { shareForASecond } from '../lifecycle/share-results.ts';
import type { Metrics } from '../monitoring/metrics.ts';
import { readDueJobs } from './due-jobs.ts';
import { JOBS } from './job-list.ts';
import { readWorkers } from './worker-health.ts';

interface JobCount {
  kind: string;
  state: 'due' | 'deferred' | 'active';
  count: number;
}

/**
 * The jobs by kind as pg-boss has counted them, which each process with the queue does every ten seconds, in turns. Kinds that
 * an older or newer release has left are not among them.
 */
async function readJobCounts({ prisma }: Pick<Database, 'prisma'>): Promise<JobCount[]> {
  return prisma.$queryRaw<JobCount[]>`
    SELECT name AS kind, state, count FROM pgboss.queue, LATERAL (
      VALUES ('due', ready_count), ('deferred', deferred_count), ('active', active_count)
    ) AS counts (state, count)
    WHERE name = ANY(${Object.keys(JOBS)}::text[])`;
}

/** The workers of the deployment and what waits for them, as metrics of every process. */
export function measureJobs(metrics: Metrics, database: Database): void {
  const workers = shareForASecond(() => readWorkers(database));
  metrics.gaugeBy(
    ['state'],
    'mms_inbox_workers',
    'Workers of the deployment: alive, or hanging (they hold their session lock and have not reported for a minute)',
    async () => {
      const { alive, hanging } = await workers();
      return [
        [{ state: 'alive' }, alive],
        [{ state: 'hanging' }, hanging.length],
      ];
    },
  );
  metrics.gauge(
    'mms_inbox_worker_last_seen_timestamp_seconds',
    'When any worker has last reported; 0 for never',
    async () => ((await workers()).lastSeen?.at.getTime() ?? 0) / 1000,
  );
  metrics.gaugeBy(
    ['kind', 'state'],
    'mms_inbox_jobs',
    'Jobs by kind: due (they wait for a worker), deferred (not due yet), active. Counted every ten seconds',
    async () =>
      (await readJobCounts(database)).map(({ count, ...labels }) => [labels, count] as const),
  );
  metrics.gaugeBy(
    ['kind'],
    'mms_inbox_job_oldest_due_seconds',
    'For how long the oldest due job of a kind has waited for a worker; 0 when none waits',
    async () => {
      const due = new Map(
        (await readDueJobs(database)).map(({ name, seconds }) => [name, seconds]),
      );
      return Object.entries(JOBS).map(([kind]) => [{ kind }, due.get(kind as never) ?? 0] as const);
    },
  );
}
