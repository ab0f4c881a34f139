import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importSampleHistory } from '../../src/cli/sample-history.ts';
import { loadConfig } from '../../src/config/config.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { startInbox } from '../../src/server/inbox.ts';
import { startTwilioSimulator } from '../../src/simulator/twilio-simulator.ts';
import { inboxEnv } from './inbox-env.ts';
import { ACCOUNT, ADMIN_KEY, eventually } from './test-inbox.ts';

/**
 * A server with the messages of the demo, all of them stored, outside of tests.
 *
 * @param now when the last of them came
 */
export async function startShowcase(now: Date): Promise<{ url: string; stop(): Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'mms-inbox-showcase-'));
  const twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
  const env = inboxEnv({ dataDir, databaseUrl: undefined }, twilio);
  const { config } = loadConfig({ ...env, HOST: '127.0.0.1', PORT: '0' });
  const inbox = await startInbox(config, createLogger('silent'));
  await importSampleHistory(inbox.url, ADMIN_KEY, now);
  await eventually(async () => {
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const pending = await fetch(`${inbox.url}/api/v1/media?state=pending`, { headers });
    const { items } = (await pending.json()) as { items: unknown[] };
    if (items.length > 0) throw new Error(`${items.length} are pending`);
  });
  return {
    url: inbox.url,
    async stop() {
      await inbox.stop();
      await twilio.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}
