import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  startTwilioSimulator,
  type TwilioSimulator,
} from '../../src/simulator/twilio-simulator.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { ACCOUNT, ADMIN_KEY } from '../support/test-inbox.ts';

let database: TestDatabase;
let twilio: TwilioSimulator;
let inbox: InboxProcess;
beforeAll(async () => {
  database = await createTestDatabase();
  twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
  inbox = await startInboxProcess(environment());
});
afterAll(async () => {
  await inbox.end('SIGTERM');
  await twilio.stop();
  await database.remove();
});

function environment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    DATA_DIR: database.dataDir,
    ...(database.databaseUrl === undefined ? {} : { DATABASE_URL: database.databaseUrl }),
    TWILIO_ACCOUNT_SID: ACCOUNT.sid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    TWILIO_API_BASE_URL: twilio.apiBaseUrl,
    ADMIN_API_KEY: ADMIN_KEY,
  };
}

/** What `doctor` prints, and how it ends; the server's own settings unless `env` says otherwise. */
function doctor(
  env: Record<string, string> = {},
  ...args: string[]
): Promise<{ code: number; output: string }> {
  const port = new URL(inbox.url).port;
  return new Promise((resolve) => {
    const own = { ...environment(), HOST: '127.0.0.1', PORT: port, PUBLIC_URL: inbox.url };
    execFile(
      process.execPath,
      ['src/cli.ts', 'doctor', ...args],
      { env: { ...own, ...env } },
      (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });
}

test('a deployment that works passes, a missing ffmpeg is a warning, and nothing is left behind', async () => {
  const { code, output } = await doctor({ PATH: '/nonexistent' });
  expect(output).not.toMatch(/^ {2}(failed|skipped)/m);
  expect(code).toBe(0);
  expect(output).toMatch(/ok +configuration: /);
  expect(output).toMatch(/ok +clock: [01] s ahead of 127/);
  expect(output).toMatch(/ok +auth token of AC\w+: accepted \(TWILIO_AUTH_TOKEN\)/);
  expect(output).toMatch(
    database.databaseUrl === undefined
      ? /ok +database: a running server holds the embedded database, and says .* it works/
      : /ok +database: PostgreSQL \d+/,
  );
  expect(output).toMatch(/ok +blob store: /);
  expect(output).toMatch(/(ok|warning) +disk space of .*MiB are free/);
  expect(output).toMatch(/ok +preview of image: /);
  expect(output).toMatch(
    /warning +preview of video: ffmpeg is not installed.*\n.*apt-get install ffmpeg.*previews rebuild --failed/,
  );
  expect(output).toMatch(/ok +public URL: /);
  expect(output).toMatch(/ok +API key of the running server: .* accepts ADMIN_API_KEY/);
  expect(output).toMatch(/ok +files of the running server: none yet/);
  expect(output).toMatch(/ok +webhook: .* accepts a signed request, and refuses/);
  expect(output).not.toContain(ACCOUNT.authToken);

  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const messages = await fetch(`${inbox.url}/api/v1/messages`, { headers });
  expect((await messages.json()).items).toEqual([]);
  expect(inbox.output()).toContain('doctor tried a wrong signature');
  expect(inbox.output()).not.toContain('wrong signature for this account');
  expect(inbox.output()).not.toContain('wrong signature: ');
}, 60_000);

test('what is broken is told at once, each with what to do', async () => {
  const { code, output } = await doctor({
    TWILIO_AUTH_TOKEN: 'hunter2',
    BLOB_STORE_URL: 'file:///dev/null/blobs',
    PORT: '2',
  });
  expect(code).toBe(1);
  expect(output).toMatch(/failed +auth token of AC\w+: .*401.*\n +Correct TWILIO_AUTH_TOKEN: /);
  expect(output).toMatch(/failed +blob store: .*\n +Check \/dev\/null\/blobs/);
  expect(output).toMatch(/failed +disk space of \/dev\/null\/blobs/);
  expect(output.match(/Check \/dev\/null\/blobs/g), 'said once').toHaveLength(1);
  expect(output).toMatch(/failed +webhook: .* refuses the signature of TWILIO_AUTH_TOKEN/);
  if (database.databaseUrl === undefined) {
    expect(output).toMatch(/warning +database: a running server .*ECONNREFUSED\n +Set PORT/);
  }
  expect(output).not.toContain('hunter2');
  expect(inbox.output()).toContain('wrong signature: no variant');
}, 60_000);

test('a database that a start would refuse to make anew is told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-doctor-'));
  const check = () => doctor({ DATA_DIR: folder, DATABASE_URL: '' });
  try {
    expect((await check()).output).toMatch(/ok +database: the first start creates it in /);
    await mkdir(join(folder, 'database', 'global'), { recursive: true });
    await writeFile(join(folder, 'database', 'global', 'pg_control'), '');
    const { code, output } = await check();
    expect(output).toMatch(/failed +database: .* has a database without PG_VERSION\n +Check /);
    expect(code).toBe(1);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);

test('what nobody can reach is told once', async () => {
  const { code, output } = await doctor({ PUBLIC_URL: 'http://127.0.0.1:2' });
  expect(code).toBe(1);
  expect(output).toMatch(/failed +public URL: .*\n +Start the server/);
  expect(output).toMatch(/skipped +webhook: the public URL has to work first\n/);
}, 60_000);

test('a wrong configuration is told whole, and ends with 1', async () => {
  const { code, output } = await doctor({ TWILIO_AUTH_TOKEN: '', PUBLIC_URL: 'mms.example.com' });
  expect(code).toBe(1);
  expect(output).toMatch(/failed +configuration: PUBLIC_URL got "mms.example.com"/);
  expect(output).toMatch(/failed +configuration: TWILIO_AUTH_TOKEN is not set/);
  expect(output).toMatch(/skipped +everything else/);
  expect(output).toContain('2 failed, 0 with a warning, 0 ok');
});

test('--json has what is printed otherwise, and nothing else', async () => {
  const wrong = { PUBLIC_URL: 'http://127.0.0.1:2' };
  const { code, output } = await doctor(wrong, '--json');
  expect(code).toBe(1);
  const findings = JSON.parse(output);
  expect(findings).toContainEqual({
    name: 'public URL',
    state: 'failed',
    detail: expect.any(String),
    remedy: expect.stringMatching(/^Start the server/),
  });
  expect(findings).toContainEqual({
    name: 'webhook',
    state: 'skipped',
    detail: 'the public URL has to work first',
    remedy: null,
  });
}, 60_000);
