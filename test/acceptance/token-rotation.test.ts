import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { createTestDatabase } from '../support/test-database.ts';
import {
  ACCOUNT,
  eventually,
  OTHER_ACCOUNT,
  startTestInbox,
  type TestInbox,
} from '../support/test-inbox.ts';

const NEW_TOKEN = 'the-promoted-token';
const NEWER_TOKEN = 'the-token-after-that';
const MISSPELT = 'hunter2';

let inbox: TestInbox;
let file: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  file = join(inbox.dataDir, 'tokens');
  await writeFile(file, `${OTHER_ACCOUNT.sid}:of-the-file\n`);
  await inbox.restart({ TWILIO_AUTH_TOKENS_FILE: file });
});
afterAll(() => inbox.stop());

async function replaceFile(text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

async function statusFor(authToken: string, accountSid = ACCOUNT.sid): Promise<number | null> {
  const { answer } = await inbox.receive(
    { attachments: [] },
    { authToken, params: { AccountSid: accountSid } },
  );
  return answer.status;
}

test('tokens of the file sign for their accounts beside those of the environment', async () => {
  expect(await statusFor('of-the-file', OTHER_ACCOUNT.sid)).toBe(200);
  expect(await statusFor(OTHER_ACCOUNT.authToken, OTHER_ACCOUNT.sid)).toBe(200);
  expect(await statusFor('of-the-file')).toBe(403);
});

test('a token is rotated under a stream of messages, and none is refused', async () => {
  const outcomes: (number | null)[] = [];
  let signWith = [ACCOUNT.authToken];
  let streaming = true;
  const stream = async (): Promise<void> => {
    for (let sent = 0; streaming; sent += 1) {
      outcomes.push(await statusFor(String(signWith[sent % signWith.length])));
    }
  };
  const streams = [stream(), stream(), stream()];

  await replaceFile(`${ACCOUNT.sid}:${NEW_TOKEN}\n`);
  // Asked by another road than the stream's, which would count the refusals.
  const openWith = async (token: string) => {
    const authorization = `Basic ${btoa(`${ACCOUNT.sid}:${token}`)}`;
    const path = `/2010-04-01/Accounts/${ACCOUNT.sid}/Messages.json`;
    return (await fetch(inbox.url + path, { headers: { authorization } })).status;
  };
  await eventually(async () => expect(await openWith(NEW_TOKEN)).toBe(200));
  signWith = [ACCOUNT.authToken, NEW_TOKEN];
  const before = outcomes.length;
  await eventually(async () => expect(outcomes.length).toBeGreaterThan(before + 30));
  signWith = [NEW_TOKEN];
  await eventually(async () => expect(outcomes.length).toBeGreaterThan(before + 60));
  streaming = false;
  await Promise.all(streams);

  expect(outcomes.filter((status) => status !== 200)).toEqual([]);
  expect(await openWith(ACCOUNT.authToken), 'the old token is valid still').toBe(200);
}, 60_000);

test.each([
  ['with a wrong line', `${ACCOUNT.sid}:${NEWER_TOKEN}\nAC12:${MISSPELT}\n`, /line 2 /],
  ['that is empty', '', /empty/],
])('a file %s keeps the tokens before, and the log says why', async (_name, text, problem) => {
  const before = inbox.logLines.length;
  await replaceFile(text);
  await eventually(async () => {
    const lines = inbox.logLines.slice(before).map((line) => JSON.parse(line));
    expect(lines.filter(({ level }) => level === 50)).toMatchObject([
      { problem: expect.stringMatching(problem), msg: expect.stringContaining('stay in use') },
    ]);
  });
  expect(await statusFor(NEW_TOKEN)).toBe(200);
  expect(await statusFor(NEWER_TOKEN)).toBe(403);
  const log = inbox.logLines.join('');
  for (const secret of [MISSPELT, NEW_TOKEN, NEWER_TOKEN]) expect(log).not.toContain(secret);
});

test('SIGHUP reads the file at once, and ends nothing where there is no file', async () => {
  const database = await createTestDatabase();
  const env = {
    DATA_DIR: database.dataDir,
    ...(database.databaseUrl === undefined ? {} : { DATABASE_URL: database.databaseUrl }),
    TWILIO_ACCOUNT_SID: ACCOUNT.sid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
  };
  const hangUp = async (more: Record<string, string>, line: string) => {
    const server: InboxProcess = await startInboxProcess({ ...env, ...more });
    const count = () => server.output().split(line).length;
    const before = count();
    server.child.kill('SIGHUP');
    await eventually(async () => expect(count()).toBe(before + 1));
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect(await server.end('SIGTERM')).toBe(0);
  };
  try {
    await hangUp({}, 'nothing to reload');
    const steady = join(database.dataDir, 'tokens');
    await writeFile(steady, `${ACCOUNT.sid}:${NEW_TOKEN}\n`);
    await hangUp({ TWILIO_AUTH_TOKENS_FILE: steady }, 'auth tokens read');
  } finally {
    await database.remove();
  }
}, 60_000);
