import type { Database } from '../database/database.ts';
import { JOBS, type JobName } from './job-list.ts';

/** Jobs of one kind that should have begun. */
export interface DueJobs {
  name: JobName;
  /** Since when the oldest of them is due, on the database's clock, and for how many seconds. */
  oldestDueAt: Date;
  seconds: number;
}

/** The kinds of jobs that are due and wait for a worker, by one look at an index for each; those that run are not among them. */
export function readDueJobs({ prisma }: Pick<Database, 'prisma'>): Promise<DueJobs[]> {
  return prisma.$queryRaw<DueJobs[]>`
    SELECT kinds.name, since AS "oldestDueAt", extract(epoch FROM now() - since)::float8 AS seconds
    FROM unnest(${Object.keys(JOBS)}::text[]) AS kinds (name), LATERAL (
      SELECT start_after AS since FROM pgboss.job
      WHERE job.name = kinds.name AND state < 'active' AND NOT blocked AND start_after <= now()
      ORDER BY start_after LIMIT 1
    ) AS oldest
    ORDER BY since`;
}
