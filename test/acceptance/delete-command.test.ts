import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordAt } from '../support/deletion-record.ts';
import { ACCOUNT, ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

/** Runs `delete` beside the server; resolves also where it fails. */
async function cli(...args: string[]) {
  const env = {
    PATH: process.env.PATH ?? '',
    ...{ DATA_DIR: inbox.dataDir, PORT: new URL(inbox.url).port, ADMIN_API_KEY: ADMIN_KEY },
    ...(inbox.databaseUrl === undefined ? {} : { DATABASE_URL: inbox.databaseUrl }),
    ...{ TWILIO_ACCOUNT_SID: ACCOUNT.sid, TWILIO_AUTH_TOKEN: ACCOUNT.authToken },
    TWILIO_API_BASE_URL: inbox.twilio.apiBaseUrl,
  };
  return promisify(execFile)(process.execPath, ['src/cli.ts', 'delete', ...args], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code: Number(code), stdout, stderr }),
  ) as Promise<{ code: number; stdout: string; stderr: string }>;
}

test('delete: what is reached goes, and it says how far Twilio’s part is', async () => {
  const attachments = ['a', 'b'].map((text) => ({
    ...{ bytes: Buffer.from(text), contentType: 'text/plain' },
  }));
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  const sid = String(media?.sid);
  const why = ['--reason-code', 'spam', '--reason', 'an advertisement'];
  const done = await cli(sid, '--scope', 'message', '--message', ...why);
  expect(done).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^Deleted here: 3\. At Twilio: .*\d (done|pending).* Deletion 1\.$/m,
    ),
  });
  expect(await recordAt(inbox, '/api/v1/deletions/1')).toMatchObject({
    ...{ scope: 'message', withMessages: true, reasonCode: 'spam', reason: 'an advertisement' },
    ...{ mediaSid: sid, local: { done: 3 } },
  });

  expect(await cli(sid, '--scope', 'message')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('It was deleted before.'),
  });
  expect((await cli(sid, '--scope', 'all')).code).toBe(2);
}, 90_000);
