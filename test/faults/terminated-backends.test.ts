import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSampleRandom } from '../../src/simulator/samples/sample-random.ts';
import {
  type InboxProcess,
  launchInboxProcess,
  startInboxProcess,
} from '../support/inbox-process.ts';
import { eventually } from '../support/test-inbox.ts';
import { type LoadScenario, startLoadScenario } from './load-scenario.ts';
import { findPostgres, type PostgresCluster, startPostgresCluster } from './postgres-cluster.ts';

const ROUNDS = 3;
const ROUND_MS = Number(process.env.TERMINATE_SECONDS ?? 30) * 1000;
// Twilio's patience with a webhook.
const TWILIO_MS = 15_000;
// As `application_name` in src/database tells them: all that a process has open.
const POOLS = ['mms-inbox', 'mms-inbox-queue', 'mms-inbox-lock'];

const bin = findPostgres();
let cluster: PostgresCluster;
let admin: pg.Client;
let scenario: LoadScenario | undefined;
let inbox: InboxProcess | undefined;

beforeEach(async (context) => {
  if (bin === null) return context.skip('there is no PostgreSQL for it');
  cluster = await startPostgresCluster(bin);
  admin = new pg.Client({ connectionString: cluster.url, application_name: 'terminator' });
  await admin.connect();
});
afterEach(async () => {
  await inbox?.end('SIGKILL');
  inbox = undefined;
  await scenario?.remove();
  await admin?.end();
  await cluster?.remove();
});

/** Ends the connections of our processes, as an operator or a failover does. @returns how many of each pool */
async function terminate(only: readonly string[]): Promise<Record<string, number>> {
  const { rows } = await admin.query<{ pool: string; count: number }>(
    `SELECT application_name AS pool, count(*) FILTER (WHERE pg_terminate_backend(pid))::int AS count
    FROM pg_stat_activity WHERE application_name = ANY($1) GROUP BY 1`,
    [only],
  );
  return Object.fromEntries(rows.map(({ pool, count }) => [pool, count]));
}

test(`${ROUNDS} rounds of terminated backends under load: one process, every webhook 200, none lost or doubled`, async () => {
  const random = createSampleRandom(1);
  scenario = await startLoadScenario(cluster.url, random);
  const { env, load } = scenario;
  inbox = await startInboxProcess(env);
  const { pid } = inbox.child;
  load.aim(inbox.url);
  const terminated: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    await load.acknowledged(5);
    const until = performance.now() + ROUND_MS;
    while (performance.now() < until) {
      // One pool, or all of them; sometimes at once again, while connections are being opened.
      const only =
        random.between(0, 3) < 1
          ? POOLS
          : [random.pick(['mms-inbox', 'mms-inbox-queue', 'mms-inbox-lock'])];
      for (const [pool, count] of Object.entries(await terminate(only))) {
        terminated[pool] = (terminated[pool] ?? 0) + count;
      }
      await setTimeout(random.between(0, 400));
    }
  }
  for (const pool of POOLS) expect(terminated[pool]).toBeGreaterThan(ROUNDS);
  await load.stop();
  expect(inbox.child.exitCode).toBeNull();
  expect(inbox.child.pid).toBe(pid);
  expect(load.delivered.filter(({ isAcknowledged }) => !isAcknowledged)).toEqual([]);
  expect(Math.max(...load.delivered.map(({ milliseconds }) => milliseconds))).toBeLessThan(
    TWILIO_MS,
  );
  // The same process has come to its end with everything, before another one looks at it.
  const { url } = inbox;
  await eventually(async () => {
    const { parts } = (await (await fetch(`${url}/readyz`)).json()) as { parts: object };
    expect(parts).toMatchObject({ database: 'ok', spool: 'ok' });
  }, 180_000);
  expect(await inbox.end('SIGTERM')).toBe(0);
  const { counts, seconds, ...wrong } = await scenario.settle(120_000);
  console.log(
    `${ROUNDS} × ${ROUND_MS / 1000} s: ${JSON.stringify(terminated)} connections terminated, ` +
      `${counts.acknowledged} of ${counts.delivered} webhooks answered 200, ${counts.stored} stored`,
  );
  const none = { lost: [], missed: [], twice: [], orphans: [], unfinishedUploads: [] };
  expect(wrong).toEqual(none);
}, 600_000);

test('backends that are terminated while a first start migrates: it starts, or says why in one line', async () => {
  scenario = await startLoadScenario(cluster.url, createSampleRandom(1));
  const { env } = scenario;
  for (let start = 0; start < ROUNDS; start += 1) {
    const starting = launchInboxProcess(env);
    inbox = undefined;
    let isOver = false;
    const over = starting.ready.then(
      (ready) => {
        inbox = ready;
        isOver = true;
      },
      () => {
        isOver = true;
      },
    );
    for (let n = 0; n < 20 && !isOver; n += 1) {
      await terminate(['mms-inbox-migrations', ...POOLS]);
      await setTimeout(50);
    }
    await over;
    if (inbox === undefined) {
      expect(starting.output()).not.toMatch(/triggerUncaughtException|node:events/);
      // A failed start is one fatal line, and no trace of its own making.
      expect(JSON.parse(starting.output().trim().split('\n').at(-1) ?? '')).toMatchObject({
        level: 60,
      });
    }
    await starting.end('SIGTERM');
  }
  // Whatever was broken off, the next start makes it whole.
  inbox = await startInboxProcess(env);
  scenario.load.aim(inbox.url);
  await scenario.load.acknowledged(3);
}, 180_000);
