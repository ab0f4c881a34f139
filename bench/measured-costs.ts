import type { MeasuredCosts } from './capacity.ts';

/**
 * One JPEG of 132 to 585 KB in a message of its own, on PostgreSQL, with two cores: `npm run bench:pipeline`, the slower run of
 * docs/performance.md. Bytes of rows are those of seeded tables with their indexes (`npm run bench:lists`), of events three times one of
 * them; thumbnails are those of one JPEG of 1600 × 1200. Bytes of jobs and of the log are estimates: `npm run bench:pipeline -- --database
 * postgres` prints what they are, on a PostgreSQL without other work.
 */
export const MEASURED_COSTS: MeasuredCosts = {
  main: 7.7,
  otherThreads: 6.1,
  decoders: 34.9,
  postgres: 2.5,
  commits: 0.68,
  statements: 3.6,
  wal: 30_000,
  kept: 3000,
  events: 960,
  jobs: 2000,
  thumbnails: 186_000,
};
