import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordAt } from '../support/deletion-record.ts';
import { importNotes } from '../support/import-notes.ts';
import { onTerminal, runCommand } from '../support/run-command.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

const cli = (...args: string[]) => runCommand(inbox, ['delete', ...args]);

test('delete: what is reached goes, and it says how far Twilio’s part is', async () => {
  const attachments = ['a', 'b'].map((text) => ({
    bytes: Buffer.from(text),
    contentType: 'text/plain',
  }));
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  const sid = String(media?.sid);
  const why = ['--reason-code', 'spam', '--reason', 'an advertisement'];
  const wide = [sid, '--scope', 'message', '--message', ...why];
  expect(await cli(...wide)).toEqual({
    code: 1,
    stdout: 'To be deleted: messages 1, media 2.\n',
    stderr: expect.stringMatching(/^Nothing is deleted\. To delete it, repeat this with --yes\.$/m),
  });
  for (const dry of [
    [...wide, '--dry-run'],
    [...wide, '--dry-run', '--yes'],
  ]) {
    expect(await cli(...dry)).toMatchObject({
      code: 0,
      stdout: 'To be deleted: messages 1, media 2.\nNothing is deleted: this is a dry run.\n',
    });
  }
  expect(await cli(sid, '--dry-run')).toMatchObject({
    code: 0,
    stdout: 'To be deleted: messages 0, media 1.\nNothing is deleted: this is a dry run.\n',
  });
  const no = await onTerminal(inbox, ['delete', ...wide], 'n\n');
  expect(no).toMatchObject({ code: 1, output: expect.stringContaining('Nothing is deleted.') });
  const interrupted = await onTerminal(inbox, ['delete', ...wide], '\x03');
  expect(interrupted).toMatchObject({ code: 130 });
  expect((await inbox.api('get', '/api/v1/deletions').expect(200)).body.items).toEqual([]);
  await inbox.mediaOf(message.sid, 'stored');
  const done = await onTerminal(inbox, ['delete', ...wide], 'y\n');
  expect(done).toMatchObject({
    code: 0,
    output: expect.stringMatching(
      /^Deleted here: 3\. At Twilio: .*\d (done|pending).* Deletion 1\.\r?$/m,
    ),
  });
  expect(await recordAt(inbox, '/api/v1/deletions/1')).toMatchObject({
    scope: 'message',
    withMessages: true,
    reasonCode: 'spam',
    reason: 'an advertisement',
    mediaSid: sid,
    local: { done: 3 },
  });

  expect(await cli(sid, '--scope', 'message')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('It was deleted before.'),
  });
  expect((await cli(sid, '--scope', 'all')).code).toBe(2);
}, 90_000);

test('delete: a code that takes two people deletes nothing yet', async () => {
  const code = { code: 'abuse', label: 'Abuse', severity: 'high', reviewers: 2 };
  await inbox.api('post', '/api/v1/reason-codes').send(code).expect(201);
  const [sid = ''] = await importNotes(inbox);
  expect(await cli(sid, '--reason-code', 'abuse')).toMatchObject({
    code: 0,
    stdout: 'Nothing is deleted yet: the reason code takes a second moderator.\n',
  });
}, 60_000);
