import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  startTwilioSimulator,
  type TwilioSimulator,
} from '../../src/simulator/twilio-simulator.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { hoursAgo, note } from '../support/reconciliation.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { ACCOUNT, ADMIN_KEY } from '../support/test-inbox.ts';

let database: TestDatabase;
let twilio: TwilioSimulator;
let inbox: InboxProcess | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
  twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
});
afterAll(async () => {
  await inbox?.end('SIGTERM');
  await twilio.stop();
  await database.remove();
});

function environment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    ...inboxEnv(database, twilio),
  };
}

/** Runs the command; resolves also where it fails. */
async function cli(more: Record<string, string>, ...args: string[]) {
  const env = {
    ...environment(),
    ...more,
    PORT: new URL(inbox?.url ?? 'http://localhost:3000').port,
  };
  const run = promisify(execFile)(process.execPath, ['src/cli.ts', 'reconcile', ...args], { env });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code: Number(code), stdout, stderr }),
  ) as Promise<{ code: number; stdout: string; stderr: string }>;
}

async function messageCount(): Promise<number> {
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const answer = await fetch(`${inbox?.url}/api/v1/messages`, { headers });
  return (await answer.json()).items.length;
}

test('history is imported by the command, with no server and through one', async () => {
  const old = [50, 49].map((hours) =>
    twilio.createMessage({ sentAt: hoursAgo(hours), attachments: [note()] }),
  );
  const other = { to: '+14155550199', sentAt: hoursAgo(48), attachments: [note()] };
  twilio.createMessage(other);
  const since = ['--since', hoursAgo(72).toISOString().slice(0, 10)];

  const dry = await cli({}, ...since, '--dry-run');
  expect(dry.stdout).toContain('Messages with media at Twilio: 3. Missing here: 3.');
  for (const { sid } of old) expect(dry.stdout).toContain(sid);

  const asJson = await cli({}, ...since, '--dry-run', '--json');
  expect(JSON.parse(asJson.stdout)).toMatchObject({
    state: 'done',
    dryRun: true,
    listed: 3,
    missing: 3,
    missingSids: expect.arrayContaining(old.map(({ sid }) => sid)),
  });

  const some = await cli(
    {},
    ...since,
    '--to',
    '+14155550199',
    '--until',
    hoursAgo(1).toISOString(),
  );
  expect(some.code).toBe(0);
  expect(some.stdout).toContain('Missing here: 1. Taken in: 1. Failed: 0.');
  expect(some.stdout + some.stderr).toMatch(/100 %/);

  inbox = await startInboxProcess(environment());
  expect(await messageCount()).toBe(1);
  const rest = await cli({}, ...since);
  expect(rest.stdout).toContain('Missing here: 2. Taken in: 2. Failed: 0.');
  expect(await messageCount()).toBe(3);
  expect(inbox.output()).not.toContain('14155550199');
}, 120_000);

test.each([
  [['--since', 'yesterday'], 2, 'since: '],
  [['--since', '2199-01-01'], 2, 'since: a time in the past'],
  [['--since', '2026-01-02', '--until', '2026-01-01'], 2, 'until: a time after since'],
  [['--since', '2026-01-02', '--to', '5557654321'], 2, 'to: a number in E.164 form, with +'],
  [[], 2, '--since'],
])(
  '%j ends with %i',
  async (args, code, words) => {
    const result = await cli({}, ...args);
    expect(result.stderr).toContain(words);
    expect(result.code).toBe(code);
  },
  60_000,
);

test('what Twilio refuses ends it with 1', async () => {
  await inbox?.end('SIGTERM');
  inbox = undefined;
  const result = await cli({ TWILIO_AUTH_TOKEN: 'another-token' }, '--since', '2026-01-02');
  expect(result.code).toBe(1);
  expect(result.stderr).toContain(`Twilio refuses the credentials of account ${ACCOUNT.sid}`);
}, 60_000);
