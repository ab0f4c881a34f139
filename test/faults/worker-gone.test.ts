import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  startTwilioSimulator,
  type TwilioSimulator,
} from '../../src/simulator/twilio-simulator.ts';
import { firingAlerts, hasPromtool } from '../support/alerts.ts';
import { onServer } from '../support/database-templates.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { readMetrics } from '../support/read-metrics.ts';
import { ACCOUNT, ADMIN_KEY, eventually } from '../support/test-inbox.ts';
import { findPostgres, type PostgresCluster, startPostgresCluster } from './postgres-cluster.ts';
import { note } from './scenario.ts';

/** What the issue of a worker that is gone may take to be seen, in seconds. */
const SEEN_WITHIN = 90;
vi.setConfig({ testTimeout: 400_000, hookTimeout: 120_000 });

const bin = findPostgres();
let cluster: PostgresCluster | undefined;
let twilio: TwilioSimulator;
let folder: string;
beforeAll(async () => {
  if (bin === null) return;
  cluster = await startPostgresCluster(bin);
  twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-worker-gone-'));
});
afterAll(async () => {
  if (cluster === undefined) return;
  await twilio.stop();
  await cluster.remove();
  await rm(folder, { recursive: true });
});

/** A receiver and workers on a database of their own. */
async function startFleet(name: string, workers: number) {
  const url = cluster?.url ?? '';
  await onServer(url, `CREATE DATABASE ${name}`);
  const databaseUrl = Object.assign(new URL(url), { pathname: name }).href;
  const env = (role: string) => ({
    ...inboxEnv({ dataDir: join(folder, `${name}-${role}`), databaseUrl }, twilio),
    BLOB_STORE_URL: `file://${join(folder, name)}`,
  });
  const startWorker = (number: number) =>
    startInboxProcess({ ...env(`worker-${number}`), ROLES: 'worker' });
  const receiver = await startInboxProcess({ ...env('receiver'), ROLES: 'receiver' });
  const started: InboxProcess[] = [receiver];
  for (let number = 0; number < workers; number += 1) started.push(await startWorker(number));
  return {
    receiver,
    workers: started.slice(1),
    startWorker: async (number: number) => void started.push(await startWorker(number)),
    env: env('receiver'),
    async stop() {
      for (const { child, end } of started) {
        child.kill('SIGCONT');
        await end('SIGKILL');
      }
    },
  };
}

async function readyz({ url }: InboxProcess) {
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const answer = await fetch(`${url}/readyz`, { headers });
  const { status, parts } = (await answer.json()) as {
    status: string;
    parts: Record<string, string>;
  };
  return { code: answer.status, status, workers: parts.workers, jobs: parts.jobs };
}

async function workersIn(process: InboxProcess) {
  const metrics = await readMetrics(process.url);
  const workers = (state: string) => metrics.get(`mms_inbox_workers{state="${state}"}`);
  return { alive: workers('alive'), hanging: workers('hanging') };
}

type Samples = Awaited<ReturnType<typeof readMetrics>>;

/** Where there is no promtool, the rules are not evaluated: test/faults/alerts.test.ts says so. */
async function expectAlerts(before: Samples, during: Samples, alerts: string[]): Promise<void> {
  if (!hasPromtool()) return;
  const [well, out] = [before, during].map(
    // The event loop of a busy machine is late.
    (all) => new Map([...all].filter(([key]) => !key.startsWith('nodejs_'))),
  );
  const firing = await firingAlerts([well ?? null], [out ?? null]);
  expect(firing).toEqual({ before: [], during: alerts });
}

function doctor(env: Record<string, string>, { url }: InboxProcess): Promise<string> {
  const own = { PATH: process.env.PATH ?? '', HOST: '127.0.0.1', PORT: new URL(url).port };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['src/cli.ts', 'doctor'],
      { env: { ...own, ...env } },
      (_error, stdout, stderr) => resolve(stdout + stderr),
    );
  });
}

test.concurrent('the only worker is killed: readyz of the receiver, doctor and a metric tell it, until there is one again', async (context) => {
  if (bin === null) return context.skip('there is no PostgreSQL for it');
  const fleet = await startFleet('killed', 1);
  const { receiver, workers } = fleet;
  try {
    await eventually(async () => {
      expect(await readyz(receiver)).toEqual({
        code: 200,
        status: 'ready',
        workers: 'ok',
        jobs: 'ok',
      });
      expect(await workersIn(receiver)).toEqual({ alive: 1, hanging: 0 });
    });
    const healthy = await readMetrics(receiver.url);
    const killedAt = performance.now();
    await workers[0]?.end('SIGKILL');
    const message = twilio.createMessage({ attachments: [note()] });
    const answer = await twilio.deliver(message, { url: `${receiver.url}/twilio/incoming` });
    expect(answer.status).toBe(200);
    await eventually(async () => {
      expect(await readyz(receiver)).toMatchObject({
        code: 200,
        status: 'degraded',
        workers: expect.stringMatching(/^degraded: no worker has been alive since .+; jobs wait/),
        jobs: expect.stringMatching(/^degraded: fetch-media since /),
      });
      expect(await workersIn(receiver)).toEqual({ alive: 0, hanging: 0 });
    }, SEEN_WITHIN * 1000);
    const told = await doctor(fleet.env, receiver);
    const seconds = (performance.now() - killedAt) / 1000;
    expect(told).toMatch(/warning +workers of the running server: degraded: no worker has been/);
    expect(told).toMatch(/warning +jobs of the running server: degraded: fetch-media since/);
    expect(seconds).toBeLessThan(SEEN_WITHIN);
    const during = await readMetrics(receiver.url);
    expect(during.get('mms_inbox_job_oldest_due_seconds{kind="fetch-media"}')).toBeGreaterThan(60);
    await expectAlerts(healthy, during, ['MmsInboxJobsWait', 'MmsInboxNoWorker']);
    console.log(`no worker: seen ${Math.round(seconds)} s after the kill`);

    await fleet.startWorker(1);
    await eventually(async () => {
      expect(await readyz(receiver)).toMatchObject({ status: 'ready', workers: 'ok', jobs: 'ok' });
      expect(await workersIn(receiver)).toEqual({ alive: 1, hanging: 0 });
    });
  } finally {
    await fleet.stop();
  }
});

test.concurrent('a worker that hangs beside one that works is told, by its name, until it goes on', async (context) => {
  if (bin === null) return context.skip('there is no PostgreSQL for it');
  const fleet = await startFleet('hanging', 2);
  const { receiver, workers } = fleet;
  try {
    await eventually(async () => {
      expect(await workersIn(receiver)).toEqual({ alive: 2, hanging: 0 });
    });
    const healthy = await readMetrics(receiver.url);
    const [frozen] = workers;
    frozen?.child.kill('SIGSTOP');
    await eventually(async () => {
      expect(await readyz(receiver)).toMatchObject({
        status: 'degraded',
        workers: expect.stringContaining(`:${frozen?.child.pid} hangs: it has not reported since`),
      });
      expect(await workersIn(receiver)).toEqual({ alive: 1, hanging: 1 });
    }, SEEN_WITHIN * 1000);
    await expectAlerts(healthy, await readMetrics(receiver.url), ['MmsInboxWorkerHangs']);
    frozen?.child.kill('SIGCONT');
    await eventually(async () => {
      expect(await readyz(receiver)).toMatchObject({ status: 'ready', workers: 'ok' });
      expect(await workersIn(receiver)).toEqual({ alive: 2, hanging: 0 });
    });
    await workers[1]?.end('SIGTERM');
    await eventually(async () => {
      expect(await workersIn(receiver)).toEqual({ alive: 1, hanging: 0 });
    });
  } finally {
    await fleet.stop();
  }
});
