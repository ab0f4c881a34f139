import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openDatabase } from '../../src/database/open-database.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import {
  startTwilioSimulator,
  type TwilioSimulator,
} from '../../src/simulator/twilio-simulator.ts';
import { onServer } from '../support/database-templates.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, runInboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { hasPgBouncer, type PgBouncer, startPgBouncer } from '../support/pgbouncer.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { ACCOUNT, ADMIN_KEY, eventually } from '../support/test-inbox.ts';

const canRun = !('tarFile' in inject('databaseTemplate')) && hasPgBouncer();

describe.skipIf(!canRun)('behind PgBouncer in transaction mode', { timeout: 240_000 }, () => {
  let database: TestDatabase;
  let twilio: TwilioSimulator;
  let directUrl: string;
  const bouncers: PgBouncer[] = [];

  async function pooler(...settings: string[]): Promise<PgBouncer> {
    const bouncer = await startPgBouncer(directUrl, ...settings);
    bouncers.push(bouncer);
    return bouncer;
  }

  const open = (databaseUrl: string, databaseDirectUrl?: string) =>
    openDatabase(
      { dataDir: database.dataDir, databaseUrl, databaseDirectUrl },
      createLogger('silent'),
    );

  beforeAll(async () => {
    database = await createTestDatabase();
    directUrl = String(database.databaseUrl);
    twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
  });
  afterAll(async () => {
    for (const bouncer of bouncers) await bouncer.remove();
    await twilio.stop();
    await database.remove();
  });

  test.each([
    ['with its default settings', []],
    ['that ignores startup parameters', ['ignore_startup_parameters = options']],
    ['with one connection', ['ignore_startup_parameters = options', 'default_pool_size = 1']],
    [
      'that takes its connections in turn',
      ['ignore_startup_parameters = options', 'server_round_robin = 1'],
    ],
  ])('a pooler %s is detected when DATABASE_DIRECT_URL is missing', async (_, settings) => {
    const url = (await pooler(...settings)).urlOf(directUrl);
    await expect(open(url)).rejects.toThrow(
      /^DATABASE_URL leads to a connection pooler: set DATABASE_DIRECT_URL/,
    );
    await expect(open(url, url)).rejects.toThrow(/ to another address, that of PostgreSQL itself/);
    await expect(open(`${url}?application_name=x`, url)).rejects.toThrow(
      /^DATABASE_DIRECT_URL leads to a connection pooler, too/,
    );
  });

  test('a pooler in session mode needs no second address', async () => {
    const session = ['pool_mode = session', 'ignore_startup_parameters = options'];
    const url = (await pooler(...session)).urlOf(directUrl);
    await (await open(url)).close();
  });

  test('two addresses of different databases are refused', async () => {
    const other = await createTestDatabase();
    try {
      const url = (await pooler()).urlOf(String(other.databaseUrl));
      await expect(open(url, directUrl)).rejects.toThrow(/lead to different databases/);
    } finally {
      await other.remove();
    }
  });

  test('commits that are not synced are refused', async () => {
    const other = await createTestDatabase();
    const otherUrl = String(other.databaseUrl);
    const name = new URL(otherUrl).pathname.slice(1);
    try {
      await onServer(otherUrl, `ALTER DATABASE ${name} SET synchronous_commit = off`);
      const url = (await pooler()).urlOf(otherUrl);
      await expect(open(url, otherUrl)).rejects.toThrow(/synchronous_commit is off/);
      await (await open(otherUrl)).close();
    } finally {
      await other.remove();
    }
  });

  test('a start without DATABASE_DIRECT_URL ends with what to set', async () => {
    const url = (await pooler()).urlOf(directUrl);
    const { code, output } = await runInboxProcess({
      ...inboxEnv({ ...database, databaseUrl: url }, twilio),
    });
    expect(code).toBe(1);
    expect(output).toContain('set DATABASE_DIRECT_URL to another address');
  });

  test('two processes work through two connections of a pooler, which is killed meanwhile', async () => {
    const bouncer = await pooler('default_pool_size = 2');
    const env = {
      ...inboxEnv({ ...database, databaseUrl: bouncer.urlOf(directUrl) }, twilio),
      DATABASE_DIRECT_URL: directUrl,
      PREVIEW_CONCURRENCY: '1',
    };
    const processes: InboxProcess[] = [];
    const sids: string[] = [];

    async function send(count: number): Promise<void> {
      const answers = Array.from({ length: count }, async (_, n) => {
        const attachments = [
          { bytes: Buffer.from(`note ${sids.length} ${n}`), contentType: 'text/plain' },
        ];
        const message = twilio.createMessage({ attachments });
        sids.push(message.sid);
        const { status } = await twilio.deliver(message, {
          url: `${processes[n % processes.length]?.url}/twilio/incoming`,
        });
        return status;
      });
      expect(await Promise.all(answers)).toEqual(Array(count).fill(200));
    }

    async function allStored(): Promise<void> {
      await eventually(async () => {
        const response = await fetch(`${processes[1]?.url}/api/v1/messages?limit=200`, {
          headers: { authorization: `Bearer ${ADMIN_KEY}` },
        });
        const { items } = (await response.json()) as {
          items: { sid: string; media: { state: string }[] }[];
        };
        expect(items.map(({ sid }) => sid).sort()).toEqual(sids.toSorted());
        expect(new Set(items.flatMap(({ media }) => media.map(({ state }) => state)))).toEqual(
          new Set(['stored']),
        );
      }, 100_000);
    }

    try {
      processes.push(...(await Promise.all([startInboxProcess(env), startInboxProcess(env)])));
      await send(12);
      await allStored();
      await bouncer.kill();
      await send(6);
      await bouncer.start();
      await allStored();
    } finally {
      for (const process of processes) expect(await process.end('SIGTERM')).toBe(0);
    }
    const output = processes.map((process) => process.output()).join('');
    expect(output).toContain('message spooled');
    expect(output).not.toMatch(/prepared statement|new jobs are not notified|orphaned files were/);
  });
});
