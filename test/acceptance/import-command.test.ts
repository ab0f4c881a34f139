import { execFile } from 'node:child_process';
import {
  copyFile,
  mkdir,
  mkdtemp,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { interruptCommand, runCommand } from '../support/run-command.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// A process starts for each command.
vi.setConfig({ testTimeout: 180_000 });

const MAX_BYTES = 300_000;
// Of the command, too: with a PostgreSQL server it works without the server.
const LIMIT = { MEDIA_MAX_BYTES: String(MAX_BYTES) };

let inbox: TestInbox;
let folder: string;
beforeAll(async () => {
  inbox = await startTestInbox(LIMIT);
});
afterAll(() => inbox.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-import-'));
});
afterEach(() => rm(folder, { recursive: true }));

const cli = (...args: string[]) => runCommand(inbox, ['import', ...args], LIMIT);

async function mediaFrom(from: string) {
  const path = `/api/v1/media?limit=200&from=${encodeURIComponent(from)}`;
  const { body } = await inbox.api('get', path).expect(200);
  return body.items as { fileName: string; receivedAt: string; to: string }[];
}

/** Writes notes that differ from those of all other tests. */
async function writeNotes(amount: number, label: string): Promise<void> {
  for (let n = 0; n < amount; n += 1) {
    await writeFile(join(folder, `note-${n}.txt`), `${label}, number ${n}`);
  }
}

test('files get the times of their pictures or their own, and what cannot be imported is named', async () => {
  const from = '+15550006001';
  await mkdir(join(folder, 'deep', 'deeper'), { recursive: true });
  await copyFile(fixturePath('photo.jpg'), join(folder, 'photo.jpg'));
  const note = join(folder, 'deep', 'deeper', 'note.txt');
  await writeFile(note, 'a note of its own');
  const twin = join(folder, 'twin.txt');
  await writeFile(twin, 'a note of its own');
  // One of the two is imported.
  for (const path of [note, twin]) {
    await utimes(path, new Date(), new Date('2019-05-06T07:08:09Z'));
  }
  const ahead = join(folder, 'ahead.txt');
  await writeFile(ahead, 'from the future');
  await utimes(ahead, new Date(), new Date('2100-01-01T00:00:00Z'));
  await writeFile(join(folder, 'empty.txt'), '');
  await writeFile(join(folder, 'large.bin'), Buffer.alloc(MAX_BYTES + 1, 1));
  await writeFile(join(folder, '.DS_Store'), 'hidden');
  await symlink('..', join(folder, 'deep', 'loop'));
  await symlink(note, join(folder, 'link.txt'));
  await promisify(execFile)('mkfifo', [join(folder, 'pipe')]);

  const first = await cli(folder, '--from', from, '--to', '+15550006999');
  expect(first.stdout).toContain(
    'Imported: 3. Here already: 1. Failed: 3. Hidden, left out: 1. Symbolic links, left out: 2.',
  );
  expect(first.stderr).toContain(`${join(folder, 'empty.txt')} is empty`);
  expect(first.stderr).toContain(
    `${join(folder, 'large.bin')} is larger than MEDIA_MAX_BYTES (${MAX_BYTES})`,
  );
  expect(first.stderr).toContain(`${join(folder, 'pipe')} is neither a file nor a folder`);
  expect(first.code).toBe(1);
  const asJson = await cli(folder, '--from', from, '--json');
  expect(asJson.code).toBe(1);
  expect(JSON.parse(asJson.stdout)).toEqual({
    imported: 0,
    known: 4,
    sources: { option: 0, camera: 0, file: 0, now: 0 },
    problems: expect.arrayContaining([{ path: join(folder, 'empty.txt'), problem: 'is empty' }]),
    hidden: 1,
    links: 2,
  });
  const media = await mediaFrom(from);
  expect(media).toHaveLength(3);
  expect(media.every(({ to }) => to === '+15550006999')).toBe(true);
  const timeOf = (name: RegExp) =>
    media.find(({ fileName }) => name.test(fileName))?.receivedAt ?? '';
  expect(timeOf(/note|twin/)).toBe('2019-05-06T07:08:09.000Z');
  expect(Math.abs(Date.parse(timeOf(/ahead/)) - Date.now())).toBeLessThan(150_000);
  const { body } = await inbox.api('get', '/api/v1/media?contentType=image/jpeg').expect(200);
  const [{ receivedAt, details }] = body.items;
  expect(Date.parse(receivedAt)).toBe(Date.parse(details?.takenAt ?? timeOf(/photo/)));

  const again = await cli(folder, '--from', from);
  expect(again.stdout).toContain('Imported: 0. Here already: 4. Failed: 3.');
  expect(await mediaFrom(from)).toHaveLength(3);
});

test('an empty folder, none, and wrong options', async () => {
  expect(await cli(folder)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`There is nothing to import in ${folder}.`),
  });
  await writeFile(join(folder, 'note.txt'), 'not imported');
  expect(await cli(join(folder, 'nothing'))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`${join(folder, 'nothing')} is not there.`),
  });
  expect(await cli(folder, '--from', 'nobody')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('from:'),
  });
  expect(await cli(folder, '--received-at', '2100-01-01')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('receivedAt: not in the future'),
  });
  expect(await mediaFrom('nobody')).toEqual([]);
});

test('two imports at once, one of them killed, import every file once', async () => {
  const from = '+15550006002';
  await writeNotes(60, 'of two');
  const args = [folder, '--from', from, '--received-at', '2020-02-02'];
  const [killed, other] = await Promise.all([
    interruptCommand(inbox, ['import', ...args], /\d\/60 files/, 'SIGKILL'),
    cli(...args),
  ]);
  expect(killed.code).toBeNull();
  expect(other.stdout).toMatch(/^Imported: \d+\. Here already: \d+\. Failed: 0\.$/m);
  const again = await cli(...args);
  expect(again).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Imported: 0. Here already: 60. Failed: 0.'),
  });
  const media = await mediaFrom(from);
  expect(media).toHaveLength(60);
  expect(new Set(media.map(({ receivedAt }) => receivedAt))).toEqual(
    new Set(['2020-02-02T00:00:00.000Z']),
  );
});

test('after Ctrl-C it says how to go on, and a second run imports the rest', async () => {
  const from = '+15550006003';
  await writeNotes(300, 'interrupted');
  const args = ['import', folder, '--from', from];
  const stopped = await interruptCommand(inbox, args, /\d\/300 files/);
  expect(stopped).toMatchObject({
    code: 130,
    stderr: expect.stringMatching(
      /Stopped: imported \d+, here already \d+, \d+ to go\. Run the same command again/,
    ),
  });
  const rest = await cli(folder, '--from', from);
  expect(rest.stdout).toMatch(/Imported: [1-9]\d*\. Here already: \d+\. Failed: 0\./);
  expect((await cli(folder, '--from', from)).stdout).toContain('Here already: 300.');
});

test('a file that changes while it is read is named, and imported when it is whole', async () => {
  const changing = join(folder, 'changing.txt');
  await writeFile(changing, Buffer.alloc(100_000, 'a'));
  let isDone = false;
  const change = async () => {
    // Never larger than MAX_BYTES, however long the command takes to start.
    for (let n = 0; !isDone; n += 1) await truncate(changing, 100_000 + (n % 1000));
  };
  const changes = change();
  let changed = await cli(folder);
  // On a busy machine the file may be read between two changes.
  for (let tries = 1; changed.code === 0 && tries < 10; tries += 1) changed = await cli(folder);
  isDone = true;
  await changes;
  expect(changed.stderr).toContain(`${changing} was changed while it was read`);
  expect(changed.code).toBe(1);
  await writeFile(changing, 'whole');
  expect((await cli(folder)).stdout).toContain('Imported: 1.');
});

test('what was deleted is imported again', async () => {
  const from = '+15550006004';
  await writeNotes(1, 'deleted');
  expect((await cli(folder, '--from', from)).stdout).toContain('Imported: 1.');
  const { body } = await inbox
    .api('get', `/api/v1/media?from=${encodeURIComponent(from)}`)
    .expect(200);
  await inbox.api('delete', `/api/v1/media/${body.items[0].sid}`).expect(204);
  expect((await cli(folder, '--from', from)).stdout).toContain('Imported: 1.');
  expect(await mediaFrom(from)).toHaveLength(1);
});
