import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSampleRandom } from '../../src/simulator/samples/sample-random.ts';
import { startInboxProcess } from '../support/inbox-process.ts';
import { type LoadScenario, startLoadScenario } from './load-scenario.ts';
import { findPostgres, startPostgresCluster } from './postgres-cluster.ts';

const STOPS = 4;
// Docker waits ten seconds before it kills, and this machine may be busy with other tests.
const IN_TIME_MS = 15_000;
const bin = findPostgres();

test(
  `${STOPS} SIGTERM in a row under load, on the embedded database: all stored`,
  () => stopUnderLoad('embedded database', undefined),
  480_000,
);

test(`${STOPS} SIGTERM in a row under load, on PostgreSQL: all stored`, async (context) => {
  if (bin === null) return context.skip('there is no PostgreSQL for it');
  const cluster = await startPostgresCluster(bin);
  try {
    await stopUnderLoad('PostgreSQL', cluster.url);
  } finally {
    await cluster.remove();
  }
}, 480_000);

async function stopUnderLoad(name: string, databaseUrl: string | undefined): Promise<void> {
  const random = createSampleRandom(1);
  const scenario = await startLoadScenario(databaseUrl, random);
  try {
    const stops: number[] = [];
    for (let stop = 0; stop < STOPS; stop += 1) {
      stops.push(await runAndStop(scenario, random.between(0, 1000)));
    }
    expect(await scenario.activeJobs()).toBe(0);
    const { counts, seconds, ...wrong } = await scenario.settle(60_000);
    const { acknowledged, stored } = counts;
    console.log(
      `${name}: ${STOPS} SIGTERM, each ended with 0 after at most ${Math.max(...stops)} ms, ` +
        `${counts.delivered} sent, ${acknowledged} acknowledged, ${stored} stored within ${seconds} s`,
    );
    expect(wrong).toMatchObject({ lost: [], missed: [], twice: [], orphans: [] });
    expect(acknowledged).toBeGreaterThan(10 * STOPS);
  } finally {
    await scenario.remove();
  }
}

/** @returns how long it took to stop, in milliseconds */
async function runAndStop({ env, load }: LoadScenario, runMs: number): Promise<number> {
  const inbox = await startInboxProcess(env);
  load.aim(inbox.url);
  await load.acknowledged(11);
  await setTimeout(runMs);
  const began = performance.now();
  expect(await inbox.end('SIGTERM')).toBe(0);
  const took = Math.round(performance.now() - began);
  expect(took).toBeLessThan(IN_TIME_MS);
  return took;
}
