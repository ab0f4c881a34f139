import { expect, test } from 'vitest';
import { killUnderLoad } from './kill-under-load.ts';

const KILLS = Number(process.env.KILLS ?? 50);

test(`${KILLS} kill -9 under load, on the embedded database: none lost, none twice, no orphans`, async () => {
  const { counts, ...wrong } = await killUnderLoad(KILLS, undefined);
  expect(wrong).toMatchObject({ lost: [], missed: [], twice: [], orphans: [] });
  expect(counts.acknowledged).toBeGreaterThan(KILLS);
}, 600_000);
