import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/database/open-database.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import type { SampleRandom } from '../../src/simulator/samples/sample-random.ts';
import { startTwilioSimulator } from '../../src/simulator/twilio-simulator.ts';
import { type Consistency, checkConsistency } from '../support/check-consistency.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { ACCOUNT, ADMIN_KEY, eventually } from '../support/test-inbox.ts';
import { startWebhookLoad, type WebhookLoad } from '../support/webhook-load.ts';

/** A deployment under load, whose processes come and go. */
export interface LoadScenario {
  env: Record<string, string>;
  load: WebhookLoad;
  /** How many jobs are marked as running, while no process is. */
  activeJobs(): Promise<number>;
  /**
   * Ends the load, starts a process, lets it finish its work and stops it; then looks at what is there.
   *
   * @param stallMs how long nothing may become complete
   */
  settle(stallMs: number): Promise<Consistency & { seconds: number }>;
  remove(): Promise<void>;
}

/** @param databaseUrl undefined for the embedded database */
export async function startLoadScenario(
  databaseUrl: string | undefined,
  random: SampleRandom,
): Promise<LoadScenario> {
  const twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
  const root = await mkdtemp(join(tmpdir(), 'mms-inbox-load-'));
  const [dataDir, tempDir] = [join(root, 'data'), join(root, 'tmp')];
  await mkdir(tempDir);
  const load = await startWebhookLoad(twilio, random);
  const env = {
    ...inboxEnv({ dataDir, databaseUrl }, twilio),
    RECONCILE_INTERVAL_MINUTES: '60',
    // Most processes do not live long enough for a second one.
    PREVIEW_CONCURRENCY: '1',
    TMPDIR: tempDir,
  };
  return {
    env,
    load,
    async activeJobs() {
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
      const inbox = await startInboxProcess(env);
      try {
        await idle(inbox, stallMs);
        // The sweep of the start goes on beside that. The embedded database is this process's alone.
        if (databaseUrl !== undefined) {
          await eventually(async () => {
            const { orphans } = await checkConsistency(load.delivered, {
              dataDir,
              databaseUrl,
              tempDir,
            });
            if (orphans.some((orphan) => orphan.startsWith('no row names'))) {
              throw new Error(orphans.join('\n'));
            }
          }, stallMs);
        }
      } finally {
        await inbox.end('SIGTERM');
      }
      const seconds = Math.round((performance.now() - began) / 1000);
      const found = await checkConsistency(load.delivered, { dataDir, databaseUrl, tempDir });
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
async function idle(inbox: InboxProcess, stallMs: number): Promise<void> {
  await eventually(async () => {
    if (!inbox.output().includes('account swept')) {
      throw new Error(`not swept: ${inbox.output().slice(-4000)}`);
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
