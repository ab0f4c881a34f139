import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/config.ts';
import { createLifecycle, type Lifecycle } from '../../../src/lifecycle/lifecycle.ts';
import { createLogger } from '../../../src/monitoring/logger.ts';
import { startInbox } from '../../../src/server/inbox.ts';
import { createTestDatabase } from '../../support/test-database.ts';
import { ACCOUNT, eventually } from '../../support/test-inbox.ts';

/** Notes what is registered, and fails behind the part of a name. */
function failingAfter(last: string | null): Lifecycle & { names: string[] } {
  const { add, close } = createLifecycle();
  const names: string[] = [];
  return {
    names,
    close,
    add(name, closePart) {
      add(name, closePart);
      names.push(name);
      if (name === last) throw new Error(`broken off after ${name}`);
    },
  };
}

/** Sockets, timers, threads and child processes that keep this process alive and did not before. */
function startedSince(before: readonly string[]): string[] {
  const left = [...before];
  return process.getActiveResourcesInfo().filter((name) => {
    const index = left.indexOf(name);
    if (index >= 0) left.splice(index, 1);
    return index < 0 && name !== 'CloseReq';
  });
}

test('a start that fails behind any of its parts leaves nothing running', async () => {
  const files = await createTestDatabase();
  const { config } = loadConfig({
    DATA_DIR: files.dataDir,
    DATABASE_URL: files.databaseUrl,
    PORT: '0',
    TWILIO_ACCOUNT_SID: ACCOUNT.sid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    TWILIO_API_BASE_URL: 'http://127.0.0.1:9',
    RECONCILE_INTERVAL_MINUTES: '60',
  });
  const log = createLogger('silent');
  try {
    const before = process.getActiveResourcesInfo();
    const whole = failingAfter(null);
    const inbox = await startInbox(config, log, whole);
    await inbox.stop();
    expect(whole.names.length).toBeGreaterThan(9);
    for (const name of whole.names) {
      const start = startInbox(config, log, failingAfter(name));
      await expect(start, name).rejects.toThrow(`broken off after ${name}`);
      await eventually(async () => expect(startedSince(before), name).toEqual([]));
    }
    // The folder and its locks are free.
    await (await startInbox(config, log)).stop();
  } finally {
    await files.remove();
  }
}, 180_000);
