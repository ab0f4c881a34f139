import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runCommand } from '../support/run-command.ts';
import { ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// A process starts for each command.
vi.setConfig({ testTimeout: 90_000 });

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

test('sign-in-link prints a link of the running server, which signs in once', async () => {
  const { code, stdout, stderr } = await runCommand(inbox, ['sign-in-link']);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^Signs in once, until \d/)]);
  const [, ticket] = new RegExp(`^${inbox.url}/#ticket=(\\S+)\n$`).exec(stdout) ?? [];
  const signIn = () =>
    fetch(`${inbox.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin' },
      body: JSON.stringify({ ticket }),
    });
  const answer = await signIn();
  expect(answer.status).toBe(201);
  expect(await answer.json()).toMatchObject({ name: 'ADMIN_API_KEY', role: 'admin' });
  expect((await signIn()).status).toBe(403);
});

test('--url and --key name a server without a configuration', async () => {
  const none = { TWILIO_ACCOUNT_SID: '', TWILIO_AUTH_TOKEN: '', ADMIN_API_KEY: '', PORT: '1' };
  const args = ['sign-in-link', '--url', inbox.url, '--key', ADMIN_KEY];
  expect(await runCommand(inbox, args, none)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/#ticket=/),
  });
});

test('it says what is wrong', async () => {
  const { body } = await inbox
    .api('post', '/api/v1/keys')
    .send({ name: 'reader', role: 'viewer' })
    .expect(201);
  for (const [args, env, words, code] of [
    [['--key', 'wrong'], {}, /does not know this API key/, 1],
    [['--key', body.secret], {}, /admin/, 1],
    [[], { ADMIN_API_KEY: '' }, /Give --key, or set ADMIN_API_KEY/, 2],
    [['--url', 'http://127.0.0.1:1'], {}, /does not answer at http:\/\/127\.0\.0\.1:1/, 1],
  ] as const) {
    expect(await runCommand(inbox, ['sign-in-link', ...args], env)).toEqual({
      code,
      stdout: '',
      stderr: expect.stringMatching(words),
    });
  }
});
