import { expect, test } from 'vitest';
import { killUnderLoad } from './kill-under-load.ts';
import { findPostgres, startPostgresCluster } from './postgres-cluster.ts';

const KILLS = Number(process.env.KILLS ?? 50);
const bin = findPostgres();

test(`${KILLS} kill -9 under load, on PostgreSQL: none lost, none twice, no orphans`, async (context) => {
  if (bin === null) return context.skip('there is no PostgreSQL for it');
  const cluster = await startPostgresCluster(bin);
  try {
    const { counts, ...wrong } = await killUnderLoad(KILLS, cluster);
    expect(wrong).toMatchObject({ lost: [], missed: [], twice: [], orphans: [] });
    expect(counts.acknowledged).toBeGreaterThan(KILLS);
  } finally {
    await cluster.remove();
  }
}, 600_000);
