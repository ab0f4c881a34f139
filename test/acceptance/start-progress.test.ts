import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { launchInboxProcess, runInboxProcess } from '../support/inbox-process.ts';
import { signedFormHeaders } from '../support/signed-request.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { ACCOUNT, eventually } from '../support/test-inbox.ts';

const onServer = (process.env.TEST_DATABASE_URL ?? '') !== '';
// As in `apply-migrations.ts`.
const MIGRATION_LOCK = 7_236_501;

interface Line {
  msg: string;
  [field: string]: unknown;
}
const linesOf = (output: string): Line[] =>
  output
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

/** A folder and a database until the test ends, and a way to the database itself. */
async function startOn(env: Record<string, string> = {}) {
  const database = await createTestDatabase();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const starting = launchInboxProcess({
    ...inboxEnv(database),
    PORT: String(port),
    PUBLIC_URL: url,
    ...env,
  });
  onTestFinished(async () => {
    await starting.end('SIGKILL');
    await database.remove();
  });
  return { ...starting, url, database };
}

test('a start says that it starts, what it opens, and where it listens', async () => {
  const { ready, output } = await startOn();
  await ready;
  expect(linesOf(output()).map(({ msg }) => msg)).toEqual(
    expect.arrayContaining(['mms-inbox is starting', 'opening the database', 'mms-inbox is ready']),
  );
  const [first] = linesOf(output());
  expect(first).toMatchObject({ msg: 'mms-inbox is starting', version: expect.any(String) });
  const isReady = ({ msg }: Line) => msg === 'mms-inbox is ready';
  expect(linesOf(output()).find(isReady)).toMatchObject({
    version: first?.version,
    reachable: expect.stringContaining('HOST=0.0.0.0'),
  });
});

test('LOG_FORMAT=pretty is for people, and shows no token', async () => {
  const { code, output } = await runInboxProcess({
    ...inboxEnv({ dataDir: '/proc/mms-inbox', databaseUrl: undefined }),
    LOG_FORMAT: 'pretty',
  });
  expect(code).toBe(1);
  expect(output).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}mms-inbox is starting {2}version=/);
  expect(output).toMatch(/FATAL The folder \/proc\/mms-inbox.* cannot be used/);
  expect(output).not.toContain(ACCOUNT.authToken);
});

test.runIf(onServer)(
  'while another process migrates, it says so, and a webhook waits',
  async () => {
    const lock = await createTestDatabase();
    onTestFinished(() => lock.remove());
    const other = new pg.Client(lock.databaseDirectUrl ?? lock.databaseUrl);
    await other.connect();
    await other.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
    const { ready, output, url } = await startOn({ DATABASE_URL: lock.databaseUrl ?? '' });
    await eventually(async () => expect(output()).toContain('waiting for another process'));

    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    const refused = await fetch(`${url}/api/v1/media`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    const webhook = postWebhook(url);
    await other.end();
    expect((await webhook).status).toBe(200);
    await ready;
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(output()).toContain('message committed');
  },
);

test.runIf(onServer)('a line for each migration that is applied', async () => {
  const empty = await createTestDatabase();
  onTestFinished(() => empty.remove());
  const client = new pg.Client(empty.databaseDirectUrl ?? empty.databaseUrl);
  await client.connect();
  await client.query(
    'DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS pgboss CASCADE',
  );
  await client.end();
  const { ready, output } = await startOn({ DATABASE_URL: empty.databaseUrl ?? '' });
  await ready;
  const applied = linesOf(output()).filter(({ msg }) => msg === 'migration applied');
  expect(applied.length).toBeGreaterThan(40);
  expect(new Set(applied.map(({ migration }) => migration)).size).toBe(applied.length);
  expect(output()).not.toContain('postgres://');
});

function postWebhook(url: string): Promise<Response> {
  const body = new URLSearchParams({
    AccountSid: ACCOUNT.sid,
    Body: 'during the start',
    From: '+15551230001',
    MessageSid: `MM${'5'.repeat(32)}`,
    NumMedia: '0',
    To: '+15551230002',
  }).toString();
  return fetch(`${url}/twilio/incoming`, {
    method: 'POST',
    headers: signedFormHeaders({ url }, body),
    body,
  });
}
