import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/database/open-database.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import type { SampleRandom } from '../../src/simulator/samples/sample-random.ts';
import { startTwilioSimulator } from '../../src/simulator/twilio-simulator.ts';
import { type Consistency, checkConsistency, type Places } from '../support/check-consistency.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import type { CuttableS3 } from '../support/s3/cuttable-s3.ts';
import { ACCOUNT, ADMIN_KEY, eventually } from '../support/test-inbox.ts';
import { startWebhookLoad, type WebhookLoad } from '../support/webhook-load.ts';

// Of the messages: few, because each is kept in memory here.
const LARGE_SHARE = 0.02;

/** Several processes on one database and one bucket, each with a data folder of its own. */
interface Fleet {
  /** The variable `ROLES` of each; the first one receives. */
  roles: [string, ...string[]];
  s3: CuttableS3;
}

type Env = Record<string, string>;

/** A deployment under load, whose processes come and go. */
export interface LoadScenario {
  /** Of the first process. */
  env: Env;
  /** Of each process. */
  envs: readonly Env[];
  load: WebhookLoad;
  /** How many jobs are marked as running, while no process is. */
  activeJobs(): Promise<number>;
  /**
   * Ends the load, starts the processes, lets them finish their work and stops them; then looks at what is there.
   *
   * @param stallMs how long nothing may become complete
   */
  settle(stallMs: number): Promise<Consistency & { seconds: number }>;
  remove(): Promise<void>;
}

/**
 * @param databaseUrl undefined for the embedded database
 * @param fleet undefined for one process, whose files are in its data folder
 */
export async function startLoadScenario(
  databaseUrl: string | undefined,
  random: SampleRandom,
  fleet?: Fleet,
): Promise<LoadScenario> {
  const twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
  const root = await mkdtemp(join(tmpdir(), 'mms-inbox-load-'));
  const tempDir = join(root, 'tmp');
  await mkdir(tempDir);
  const load = await startWebhookLoad(twilio, random, fleet === undefined ? 0 : LARGE_SHARE);
  const bucket: Env = fleet === undefined ? {} : { ...fleet.s3.env, BLOB_STORE_URL: fleet.s3.url };
  const envOf = (name: string): Env => ({
    ...inboxEnv({ dataDir: join(root, name), databaseUrl }, twilio),
    ...bucket,
    RECONCILE_INTERVAL_MINUTES: '60',
    // Most processes do not live long enough for a second one.
    PREVIEW_CONCURRENCY: '1',
    TMPDIR: tempDir,
  });
  const [first, ...roles] = fleet?.roles ?? ['receiver,worker'];
  const env: Env = { ...envOf('data'), ROLES: first };
  const others = roles.map((ROLES, number): Env => ({ ...envOf(`data-${number + 1}`), ROLES }));
  const places: Places = {
    dataDirs: [env.DATA_DIR ?? '', ...others.map(({ DATA_DIR = '' }) => DATA_DIR)],
    databaseUrl,
    bucketUrl: fleet?.s3.directUrl,
    tempDir,
  };
  const envs = [env, ...others];
  return {
    env,
    envs,
    load,
    async activeJobs() {
      const dataDir = places.dataDirs[0];
      const database = await openDatabase({ dataDir, databaseUrl }, createLogger('error'));
      try {
        const [row] = await database.prisma.$queryRaw<[{ count: number }]>`
          SELECT count(*)::int FROM pgboss.job WHERE state = 'active'`;
        return row.count;
      } finally {
        await database.close();
      }
    },
    async settle(stallMs) {
      await load.stop();
      const began = performance.now();
      const inboxes = await Promise.all(envs.map((env) => startInboxProcess(env)));
      try {
        await idle(inboxes, stallMs);
        // The sweep of the start goes on beside that. The embedded database is this process's alone.
        if (databaseUrl !== undefined) {
          await eventually(async () => {
            const { orphans } = await checkConsistency(load.delivered, places);
            if (orphans.some((orphan) => orphan.startsWith('no row names'))) {
              throw new Error(orphans.join('\n'));
            }
          }, stallMs);
        }
      } finally {
        await Promise.all(inboxes.map((inbox) => inbox.end('SIGTERM')));
      }
      const seconds = Math.round((performance.now() - began) / 1000);
      const found = await checkConsistency(load.delivered, places);
      return { ...found, seconds };
    },
    async remove() {
      await load.stop();
      await twilio.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/**
 * Resolves when the sweep of the start has gone through Twilio's list, and nothing is pending.
 *
 * @param stallMs how long nothing may become complete: how long it takes in all depends on the machine
 */
async function idle(inboxes: readonly InboxProcess[], stallMs: number): Promise<void> {
  const [inbox] = inboxes;
  if (inbox === undefined) return;
  await eventually(async () => {
    const outputs = inboxes.map(({ output }) => output());
    if (!outputs.some((output) => output.includes('account swept'))) {
      throw new Error(`not swept: ${outputs.map((output) => output.slice(-4000)).join('\n')}`);
    }
  }, stallMs);
  for (let left = await pending(inbox); left.length > 0; ) {
    left = await eventually(async () => {
      const now = await pending(inbox);
      const isLess = now.length < left.length || now[0]?.sid !== left[0]?.sid;
      if (!isLess) throw new Error(`${now.length} pending: ${JSON.stringify(now.slice(0, 3))}`);
      return now;
    }, stallMs);
  }
}

/** Up to 200, the oldest first. */
async function pending({ url }: InboxProcess): Promise<{ sid: string }[]> {
  const response = await fetch(`${url}/api/v1/media?state=pending&order=oldest&limit=200`, {
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
  });
  const { items } = (await response.json()) as { items: { sid: string }[] };
  return items;
}
