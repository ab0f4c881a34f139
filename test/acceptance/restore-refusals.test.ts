import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { MANIFEST, type Manifest } from '../../src/backup/archive-format.ts';
import { readArchive } from '../../src/backup/read-archive.ts';
import { writeArchive } from '../../src/backup/write-archive.ts';
import { runCommand } from '../support/run-command.ts';
import { saveBackup } from '../support/slow-backup.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// Processes start, and databases are opened.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
const IS_SERVER = (process.env.TEST_DATABASE_URL ?? '') !== '';
const EMBEDDED = { DATABASE_URL: '', DATABASE_DIRECT_URL: '', BLOB_STORE_URL: '' };

let inbox: TestInbox;
let folder: string;
let archive: string;
let sid: string;
beforeAll(async () => {
  inbox = await startTestInbox(EMBEDDED);
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-refusals-'));
  archive = join(folder, 'sound.tar');
  const attachments = [{ bytes: Buffer.from('a note'), contentType: 'text/plain' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  sid = media?.sid ?? '';
  await saveBackup(inbox, archive);
});
afterAll(async () => {
  await inbox.stop();
  await rm(folder, { recursive: true, force: true });
});

const restore = (file: string, dataDir: string) =>
  runCommand(inbox, ['restore', file], { ...EMBEDDED, DATA_DIR: dataDir });

/** Writes the archive again, with another manifest and the seal that belongs to it. */
function writeChanged(path: string, change: (manifest: Manifest) => object): Promise<void> {
  return writeArchive(createWriteStream(path), new Date(), async (writer) => {
    await readArchive(archive, async ({ name, size, isFolder }, bytes) => {
      if (isFolder) await writer.addFolder(name);
      else if (name !== MANIFEST) await writer.add(name, size, bytes);
      else {
        const changed = Buffer.from(JSON.stringify(change(JSON.parse(await text(bytes)))));
        await writer.add(
          name,
          changed.length,
          (async function* () {
            yield changed;
          })(),
        );
      }
    });
  });
}

/** What a restore would write, besides the files of the database, which goes on. */
async function namesUnder(dataDir: string): Promise<string[]> {
  const names = await readdir(dataDir);
  const spool = await readdir(join(dataDir, 'spool'), { recursive: true });
  return [...names.filter((name) => name !== 'snapshots'), ...spool].sort();
}

test.skipIf(IS_SERVER)('an installation whose server runs is left alone', async () => {
  const before = await namesUnder(inbox.dataDir);
  const end = await restore(archive, inbox.dataDir);
  expect(end).toMatchObject({ code: 1, stderr: expect.stringContaining('has a database') });
  expect(await namesUnder(inbox.dataDir)).toEqual(before);
  await inbox.api('get', `/api/v1/media/${sid}/content`).expect(200);
});

test.runIf(IS_SERVER)(
  'so is that of a server on PostgreSQL, which would take in the messages of the archive',
  async () => {
    const other = await startTestInbox({ BLOB_STORE_URL: `file://${join(folder, 'blobs')}` });
    try {
      const before = await namesUnder(other.dataDir);
      const end = await restore(archive, other.dataDir);
      expect(end).toMatchObject({ code: 1, stderr: expect.stringContaining('has a spool') });
      expect(await namesUnder(other.dataDir)).toEqual(before);
    } finally {
      await other.stop();
    }
  },
);

test.skipIf(IS_SERVER).each([
  [
    'a newer schema',
    { migration: '29990101000000_new', version: '9.0.0' },
    'version 9.0.0 with a newer',
  ],
  ['a newer format', { format: 2 }, 'restore it with the version that made it'],
])('an archive of %s is refused before anything is written', async (_what, change, message) => {
  const newer = join(folder, 'newer.tar');
  await writeChanged(newer, (manifest) => ({ ...manifest, ...change }));
  const end = await restore(newer, join(folder, 'untouched'));
  expect(end).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  expect(await readdir(folder)).not.toContain('untouched');
});

test.skipIf(IS_SERVER)('a file that is not there, or is none, is told', async () => {
  const missing = join(folder, 'missing.tar');
  for (const [file, code, message] of [
    [missing, 1, `There is no file ${missing}.`],
    [folder, 2, `${folder} is not a file: name the tar file of a backup.`],
    [join(archive, 'below'), 2, `The file ${join(archive, 'below')} cannot be read (ENOTDIR).`],
  ] as const) {
    const end = await restore(file, join(folder, 'untouched'));
    expect(end).toEqual({ code, stdout: '', stderr: `${message}\n` });
  }
  expect(await readdir(folder)).not.toContain('untouched');
});
