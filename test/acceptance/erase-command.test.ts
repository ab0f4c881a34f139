import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readMetrics } from '../support/read-metrics.ts';
import { onTerminal, runCommand } from '../support/run-command.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// A process starts for each command.
vi.setConfig({ testTimeout: 180_000 });

const FROM = '+15550009001';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox({ ROLES: 'receiver' });
});
afterAll(() => inbox.stop());

async function expectNoWorkerYet(): Promise<void> {
  const metrics = await readMetrics(inbox.url);
  expect(metrics.get('mms_inbox_worker_last_seen_timestamp_seconds')).toBe(0);
}

test('erase works on nothing before it is told to, and then waits until it is done', async () => {
  const attachments = [{ bytes: Buffer.from('a note'), contentType: 'text/plain' }];
  const { message } = await inbox.receive({ from: FROM, attachments });
  const counted = 'To be erased of this sender: messages 1, media 1.\n';
  expect(await runCommand(inbox, ['erase', FROM])).toMatchObject({
    code: 1,
    stdout: counted,
    stderr: expect.stringMatching(/^Nothing is deleted\. To delete it, repeat this with --yes\.$/m),
  });
  expect(await runCommand(inbox, ['erase', FROM, '--dry-run', '--yes'])).toMatchObject({
    code: 0,
    stdout: `${counted}Nothing is deleted: this is a dry run.\n`,
  });
  expect(await runCommand(inbox, ['erase', '+15550009002'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is the number right?'),
  });
  expect(await runCommand(inbox, ['erase', '+15550009002', '--dry-run'])).toMatchObject({
    code: 1,
  });
  for (const [typed, code] of [
    ['n\n', 1],
    ['\x03', 130],
  ] as const) {
    expect(await onTerminal(inbox, ['erase', FROM], typed)).toMatchObject({ code });
  }
  await expectNoWorkerYet();
  await inbox.mediaOf(message.sid, 'pending');

  // Without a database server the command works through the running one, which needs a worker.
  if (inbox.databaseUrl === undefined) await inbox.restart({ ROLES: 'receiver,worker' });
  expect(await onTerminal(inbox, ['erase', FROM], 'y\n')).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^Erased here\. Still to be deleted at Twilio: \d\.\r?$/m),
  });
  await inbox.api('get', `/api/v1/messages/${message.sid}`).expect(200);
  // A typing mistake must not pass for an erasure.
  for (const address of [FROM, '+15550009002']) {
    expect(await runCommand(inbox, ['erase', address, '--yes'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is the number right?'),
    });
  }
});
