import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createApiClient } from '../../src/client/api-client.ts';
import { readZip } from '../support/read-zip.ts';
import { note } from '../support/reconciliation.ts';
import { runCommand } from '../support/run-command.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// A process starts for each command.
vi.setConfig({ testTimeout: 90_000 });

let inbox: TestInbox;
let folder: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-cli-'));
});
afterAll(async () => {
  await inbox.stop();
  await rm(folder, { recursive: true });
});

const cli = (...args: string[]) => runCommand(inbox, args);

test('--version is that of the package', async () => {
  const { version } = JSON.parse(
    await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  expect(await cli('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test.each([
  [[], /^Usage: npm run cli -- \[options\]/],
  [['nonsense'], /unknown command 'nonsense'/],
  [['keys'], /^Usage: npm run cli -- keys /],
  [['keys', 'list', 'nonsense'], /too many arguments/],
  [['delete'], /missing required argument 'sid'/],
  [['delete', 'ME1', '--nonsense'], /unknown option '--nonsense'/],
  [['export', '+15550005001'], /required option '--out <file>'/],
  [['retry'], /required option '--failed'/],
])('%j is wrong usage', async (args, words) => {
  expect(await cli(...args)).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(words),
  });
});

test('keys list: a word when there are none, and columns without an index or quotes', async () => {
  expect(await cli('keys', 'list')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringContaining('There are no keys yet. To create one: keys create'),
  });
  expect(await cli('keys', 'list', '--json')).toMatchObject({ code: 0, stdout: '[]\n' });
  const long = 'a-key-with-a-longer-name';
  for (const [name, role] of [
    ['gallery', 'viewer'],
    [long, 'moderator'],
  ]) {
    await inbox.api('post', '/api/v1/keys').send({ name, role }).expect(201);
  }
  await inbox.api('delete', '/api/v1/keys/gallery').expect(204);
  const { code, stdout } = await cli('keys', 'list');
  const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`;
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual([
    `${'NAME'.padEnd(long.length)}  ROLE       CREATED           LAST USED  REVOKED           WORKS ON`,
    expect.stringMatching(
      new RegExp(
        `^${'gallery'.padEnd(long.length)}  viewer     ${time}  –          ${time}  everything$`,
      ),
    ),
    expect.stringMatching(
      new RegExp(`^${long}  moderator  ${time}  –          –                 everything$`),
    ),
    '',
  ]);
  const { body } = await inbox.api('get', '/api/v1/keys').expect(200);
  const asJson = await cli('keys', 'list', '--json');
  expect(JSON.parse(asJson.stdout)).toEqual(body.items);
});

test('export: of a sender that has nothing it says so, and leaves no file', async () => {
  expect(await cli('export', '+15550005001', '--out', join(folder, 'none.zip'))).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^There is nothing of this sender\./m),
  });
  expect(await readdir(folder)).toEqual([]);
});

test('export: a message without media is something, and a file that is there stays', async () => {
  const from = '+15550005002';
  await inbox.receive({ from, body: 'words alone', attachments: [] });
  const path = join(folder, 'sender.zip');
  expect(await cli('export', from, '--out', path)).toMatchObject({ code: 0 });
  expect((await readFile(path)).includes('manifest.json')).toBe(true);

  await writeFile(path, 'mine');
  const { body: before } = await inbox.api('get', '/api/v1/audit?action=sender.export');
  expect(await cli('export', from, '--out', path)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('sender.zip exists already: name a new file.'),
  });
  expect(await readFile(path, 'utf8')).toBe('mine');
  const { body: after } = await inbox.api('get', '/api/v1/audit?action=sender.export');
  expect(after, 'nothing was exported').toEqual(before);
});

test('export-media: the attachments that match, or those that are named', async () => {
  const from = '+15550005012';
  const { message } = await inbox.receive({ from, attachments: [note(), note()] });
  const [first] = await inbox.mediaOf(message.sid, 'stored');
  const all = join(folder, 'all.zip');
  expect(await cli('export-media', '--from', from, '--out', all)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`Written: ${all}. Attachments: 2. Left out: 0.`),
  });
  expect((await readZip(await readFile(all))).size).toBe(3);
  const one = join(folder, 'one.zip');
  const named = ['export-media', String(first?.sid), '--out', one];
  expect(await cli(...named)).toMatchObject({ code: 0 });
  expect((await readZip(await readFile(one))).size).toBe(2);
  const { body: left } = await inbox.api('get', '/api/v1/exports').expect(200);
  expect(left.items).toEqual([]);

  const held = join(folder, 'held.zip');
  const { sid } = first ?? {};
  const path = `/api/v1/media/${sid}/decision`;
  await inbox.api('post', path).send({ decision: 'hold' }).expect(200);
  expect(await cli('export-media', '--from', from, '--out', held)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Attachments: 2. Left out: 1.'),
  });
  await rm(held);
  const reveal = ['export-media', '--from', from, '--out', held, '--reveal'];
  expect(await cli(...reveal)).toMatchObject({ code: 2, stderr: expect.stringContaining('why') });
  expect(await cli(...reveal, '--reason', 'to decide')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Attachments: 2. Left out: 0.'),
  });
  await inbox.api('post', path).send({ decision: 'approve' }).expect(200);

  const wrong = await cli('export-media', 'ME1', '--out', join(folder, 'wrong.zip'));
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('sids') });
  expect(await readdir(folder)).not.toContain('wrong.zip');
});

test('delete: one media item goes at once, more only with --yes', async () => {
  const from = '+15550005003';
  const attachments = [note(), note()];
  const { message } = await inbox.receive({ from, attachments });
  await inbox.receive({ from, attachments: [] });
  const [first, second] = await inbox.mediaOf(message.sid, 'stored');
  const wide: [string[], string][] = [
    [['--scope', 'same-bytes'], 'messages 0, media 1'],
    [['--scope', 'message'], 'messages 0, media 2'],
    [['--scope', 'sender'], 'messages 0, media 2'],
    [['--scope', 'sender', '--message'], 'messages 2, media 2'],
    [['--message'], 'messages 1, media 2'],
  ];
  for (const [args, counts] of wide) {
    expect(await cli('delete', String(first?.sid), ...args)).toMatchObject({
      code: 1,
      stdout: `To be deleted: ${counts}.\n`,
    });
  }
  await inbox.mediaOf(message.sid, 'stored');
  const one = await cli('delete', String(first?.sid));
  expect(one).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Deleted here: 1\./) });
  const rest = await cli('delete', String(second?.sid), '--scope', 'sender', '--yes');
  expect(rest.stdout).toMatch(/^To be deleted: messages 0, media 1\.\nDeleted here: 1\./);
  expect(await cli('delete', String(second?.sid), '--scope', 'sender')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('It was deleted before.'),
  });
  for (const sid of ['nonsense', `${first?.sid}/pin`, '..']) {
    expect((await cli('delete', sid)).code).toBe(2);
  }
}, 180_000);

test('erase: counts first, and erases with --yes', async () => {
  const from = '+15550005004';
  const { message } = await inbox.receive({ from, attachments: [note(), note()] });
  await inbox.mediaOf(message.sid, 'stored');
  const counted = 'To be erased of this sender: messages 1, media 2.\n';
  expect(await cli('erase', from)).toEqual({
    code: 1,
    stdout: counted,
    stderr: expect.stringContaining('Nothing is deleted. To delete it, repeat this with --yes.'),
  });
  expect(await cli('erase', from, '--dry-run')).toMatchObject({
    code: 0,
    stdout: `${counted}Nothing is deleted: this is a dry run.\n`,
  });
  await inbox.mediaOf(message.sid, 'stored');
  for (const args of [[], ['--dry-run']]) {
    expect(await cli('erase', '+15550005009', ...args)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('is the number right?'),
    });
  }
  expect(await cli('erase', from, '--yes')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Erased here.'),
  });
}, 180_000);

test('keys revoke: a dry run says what would end', async () => {
  await inbox.api('post', '/api/v1/keys').send({ name: 'kept', role: 'viewer' }).expect(201);
  expect(await cli('keys', 'revoke', 'kept', '--dry-run')).toMatchObject({
    code: 0,
    stdout: 'Sessions that would end with it: 0. The key stays: this is a dry run.\n',
  });
  expect(await cli('keys', 'revoke', 'kept')).toMatchObject({ code: 0 });
  expect(await cli('keys', 'revoke', 'kept', '--dry-run')).toMatchObject({ code: 1 });
});

test('what answers and is not mms-inbox is told as such', async () => {
  const other = createServer((request, response) => {
    response.statusCode = request.method === 'DELETE' ? 502 : 200;
    response.end('<html></html>');
  });
  await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const api = createApiClient(url, 'a-key');
  const params = { path: { name: 'gallery' } };
  for (const call of [
    () => api.GET('/api/v1/keys'),
    () => api.DELETE('/api/v1/keys/{name}', { params }),
  ]) {
    await expect(call()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`The server at ${url} is not mms-inbox`),
    });
  }
  await new Promise((closed) => other.close(closed));
  await expect(api.GET('/api/v1/keys')).rejects.toThrow(
    `The server does not answer at ${url}. Is that its HOST and PORT?`,
  );
});
