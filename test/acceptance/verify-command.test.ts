import { afterEach, beforeEach, expect, test } from 'vitest';
import { damageFile, flipped, storedFile } from '../support/damage-files.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { startInboxProcess } from '../support/inbox-process.ts';
import { interruptCommand, runCommand } from '../support/run-command.ts';
import { smallPicture } from '../support/small-picture.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { ADMIN_KEY, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { VERIFICATIONS } from '../support/verifications.ts';

let inbox: TestInbox;
beforeEach(async () => {
  inbox = await startTestInbox();
});
afterEach(() => inbox.stop());

test('the command beside a server says what is wrong, repairs it, and ends with 1 or 0', async () => {
  const attachments = [{ bytes: await smallPicture(1), contentType: 'image/png' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  await damageFile(inbox, await storedFile(inbox, /^(.*\/)?blobs\/../), flipped);

  const found = await runCommand(inbox, ['verify']);
  expect(found.stdout).toContain(`wrong_hash | original | ${media?.sid}`);
  expect(found.stdout).toContain('Files: 4. Missing: 0. Damaged: 1.');
  expect(found.stdout).toContain('npm run cli -- verify --repair');
  expect(found.code).toBe(1);

  const asJson = await runCommand(inbox, ['verify', '--json']);
  expect(JSON.parse(asJson.stdout)).toMatchObject({
    state: 'done',
    files: 4,
    damaged: 1,
    findings: [{ kind: 'wrong_hash', file: 'original', mediaSids: [media?.sid], repair: 'none' }],
  });
  expect(asJson.code).toBe(1);

  const repaired = await runCommand(inbox, ['verify', '--repair', '--rate', '1GB/s']);
  expect(repaired.stdout).toContain('| repaired');
  expect(repaired.code).toBe(0);

  const slow = await runCommand(inbox, ['verify', '--rate', '1kB/s']);
  expect(slow.stderr).toContain('bytesPerSecond: bytes each second, from 100000');
  expect(slow.code).toBe(2);
  const wrong = await runCommand(inbox, ['verify', '--rate', 'fast']);
  expect(wrong.stderr).toContain('A rate is written as 20MB/s');
  expect(wrong.code).toBe(2);
}, 300_000);

test('a verification is shown until Ctrl-C, and cancelled', async () => {
  const form = inbox.api('post', '/api/v1/media').field('from', '+15551234567');
  // 3 MB, which take half a minute at the lowest rate.
  const { body } = await form.attach('files', Buffer.alloc(3e6, 65), 'text.txt').expect(201);
  await inbox.mediaOf(body.messageSid, 'stored');
  const shown = await interruptCommand(
    inbox,
    ['verify', '--rate', '100kB/s'],
    /files,[\s\S]*files,/,
  );
  expect(shown).toMatchObject({
    code: 130,
    stderr: expect.stringMatching(/Stopped showing it after \d+ files\. .*`verify --cancel` ends/),
  });
  const running = await inbox.api('get', VERIFICATIONS).expect(200);
  expect(running.body.items).toMatchObject([{ state: 'running' }]);

  expect(await runCommand(inbox, ['verify', '--cancel'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Cancelled after \d+ files\.$/m),
  });
  const ended = await inbox.api('get', VERIFICATIONS).expect(200);
  expect(ended.body.items).toMatchObject([{ state: 'stopped', endedAt: expect.any(String) }]);
  const [{ id }] = ended.body.items;
  await inbox.api('post', `${VERIFICATIONS}/${id}/cancel`).expect(409);
  const audit = await inbox.api('get', '/api/v1/audit?action=verification.cancel').expect(200);
  expect(audit.body.items).toMatchObject([{ target: id }]);
  expect(await runCommand(inbox, ['verify', '--cancel'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('No verification is running.'),
  });
}, 300_000);

test('a server that is killed goes on with it after its next start', async () => {
  const place = await createTestDatabase();
  const env = inboxEnv(place, inbox.twilio);
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const json = { ...headers, 'content-type': 'application/json' };
  const killed = await startInboxProcess(env);
  const form = new FormData();
  // 2 MB, which take 20 seconds at the lowest rate.
  form.append('files', new Blob([new Uint8Array(2e6).fill(65)]), 'text.txt');
  form.append('from', '+15551234567');
  await fetch(`${killed.url}/api/v1/media`, { method: 'POST', body: form, headers });
  await eventually(async () => {
    const answer = await fetch(`${killed.url}/api/v1/media?state=stored`, { headers });
    expect((await answer.json()).items).toHaveLength(1);
  });
  const body = JSON.stringify({ bytesPerSecond: 100_000 });
  const begun = await fetch(killed.url + VERIFICATIONS, { method: 'POST', body, headers: json });
  const { id } = await begun.json();
  const reading = await fetch(`${killed.url}${VERIFICATIONS}/${id}`, { headers });
  expect(await reading.json()).toMatchObject({ state: 'running', readAt: null });
  await killed.end('SIGKILL');

  const next = await startInboxProcess(env);
  try {
    const faster = JSON.stringify({ bytesPerSecond: 1e9 });
    const again = await fetch(next.url + VERIFICATIONS, {
      method: 'POST',
      body: faster,
      headers: json,
    });
    expect(await again.json()).toMatchObject({ id, state: 'running' });
    await eventually(async () => {
      const answer = await fetch(`${next.url}${VERIFICATIONS}/${id}`, { headers });
      expect(await answer.json()).toMatchObject({ state: 'done', missing: 0, damaged: 0 });
    }, 120_000);
  } finally {
    await next.end('SIGTERM');
    await place.remove();
  }
}, 300_000);
