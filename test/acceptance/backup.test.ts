import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import {
  access,
  copyFile,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Manifest } from '../../src/backup/archive-format.ts';
import { createBeginBackup } from '../../src/backup/backup.ts';
import { verifyArchive } from '../../src/backup/read-archive.ts';
import { restoreArchive } from '../../src/backup/restore.ts';
import { openEmbeddedDatabase } from '../../src/database/embedded/embedded-database.ts';
import { createDiskBlobStore } from '../../src/files/disk-blob-store.ts';
import { readInboundMessage } from '../../src/inbound/inbound-message.ts';
import { openMessageSpool } from '../../src/inbound/spool/message-spool.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { runCommand } from '../support/run-command.ts';
import { IN_BUCKET } from '../support/s3/test-s3.ts';
import { saveBackup } from '../support/slow-backup.ts';
import { storedFiles } from '../support/stored-files.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// Processes start, and databases are opened.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 240_000 });
const IS_SERVER = (process.env.TEST_DATABASE_URL ?? '') !== '' || IN_BUCKET;

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const textOf = (name: string) => Buffer.from(`the text of ${name}`);

let inbox: TestInbox;
let folder: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-backup-'));
});
afterAll(async () => {
  await inbox.stop();
  await rm(folder, { recursive: true, force: true });
});

const inFolder = (name: string) => join(folder, name);

async function receive(...names: string[]): Promise<{ message: string; media: string[] }> {
  const attachments = names.map((name) => ({ bytes: textOf(name), contentType: 'text/plain' }));
  const { message } = await inbox.receive({ attachments, body: names.join(' ') });
  const media = await inbox.mediaOf(message.sid, 'stored');
  return { message: message.sid, media: media.map(({ sid }) => sid) };
}

const restore = (archive: string, dataDir: string): Promise<Manifest> =>
  restoreArchive({
    archive,
    dataDir,
    blobFolder: join(dataDir, 'blobs'),
    deleteAgain: () => expect.unreachable('nothing was deleted'),
  });

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

test.runIf(IS_SERVER)('a database server has tools of its own', async () => {
  if (inbox.databaseUrl === undefined) return;
  const { body } = await inbox.api('post', '/api/v1/backup').expect(409);
  expect(body).toMatchObject({ code: 'conflict', detail: expect.stringContaining('pg_dump') });
});

test.skipIf(IS_SERVER)(
  'what is deleted during a backup stays deleted after a restore',
  async () => {
    const kept = await receive('kept', 'kept too');
    const one = await receive('deleted alone', 'its neighbour');
    const whole = await receive('deleted with its message');
    const archive = inFolder('load.tar');
    await saveBackup(inbox, archive, async () => {
      await inbox.api('delete', `/api/v1/media/${one.media[0]}`).expect(204);
      await inbox.api('delete', `/api/v1/messages/${whole.message}`).expect(204);
      // It must not be held up by the backup: gone from the disk with the answer.
      const names = (await storedFiles(inbox)).join();
      expect(names).not.toContain(sha256(textOf('deleted alone')));
      expect(names).not.toContain(sha256(textOf('deleted with its message')));
      await receive('newer');
    });

    const dataDir = inFolder('restored');
    const end = await runCommand(inbox, ['restore', archive], { DATA_DIR: dataDir });
    expect(end).toMatchObject({ code: 0, stdout: expect.stringContaining('Messages: 3.') });
    const restored = await startTestInbox({ DATA_DIR: dataDir });
    try {
      for (const [index, name] of ['kept', 'kept too'].entries()) {
        const content = await restored
          .api('get', `/api/v1/media/${kept.media[index]}/content`)
          .expect(200);
        expect(content.text).toBe(String(textOf(name)));
        await restored.api('get', `/api/v1/media/${kept.media[index]}/thumbnail`).expect(200);
      }
      const neighbour = await restored
        .api('get', `/api/v1/media/${one.media[1]}/content`)
        .expect(200);
      expect(neighbour.text).toBe(String(textOf('its neighbour')));
      for (const sid of [one.media[0], whole.media[0]]) {
        const gone = await restored.api('get', `/api/v1/media/${sid}`).expect(404);
        expect(gone.body).toMatchObject({ code: 'media_deleted' });
        await restored.api('get', `/api/v1/media/${sid}/content`).expect(404);
      }
      const { body } = await restored.api('get', '/api/v1/messages').expect(200);
      expect(JSON.stringify(body)).not.toContain('newer');
      const names = (await storedFiles({ dataDir })).join();
      for (const name of ['deleted alone', 'deleted with its message', 'newer']) {
        expect(names).not.toContain(sha256(textOf(name)));
      }
    } finally {
      await restored.stop();
    }
  },
);

test.skipIf(IS_SERVER)(
  'messages that wait for the database are in the backup, and are taken in after the restore',
  async () => {
    const archive = inFolder('spooled.tar');
    const messages = ['set aside', 'waiting'].map((body) =>
      inbox.twilio.createMessage({
        body,
        attachments: [{ bytes: textOf(body), contentType: 'text/plain' }],
      }),
    );
    // Without a receiver, which would take them in at once.
    await inbox.restart({}, async () => {
      const spool = await openMessageSpool(join(inbox.dataDir, 'spool'), 1e6);
      for (const { params } of messages) {
        const { apiBaseUrl } = inbox.twilio;
        await spool.write(readInboundMessage(params, apiBaseUrl, new Date(), 'webhook'));
        if (params.Body === 'set aside') await spool.reject((await spool.names())[0] ?? '');
      }
      await writeBackup(inbox.dataDir, archive);
    });

    const dataDir = inFolder('with-spool');
    await restore(archive, dataDir);
    const restored = await startTestInbox({
      DATA_DIR: dataDir,
      TWILIO_API_BASE_URL: inbox.twilio.apiBaseUrl,
      MEDIA_REDIRECT_HOSTS: inbox.twilio.mediaHost,
    });
    try {
      for (const { sid } of messages) {
        await eventually(() => restored.api('get', `/api/v1/messages/${sid}`).expect(200));
        expect(await restored.mediaOf(sid, 'stored')).toHaveLength(1);
      }
      const spool = await openMessageSpool(join(dataDir, 'spool'), 1e6);
      await eventually(async () => expect(await spool.names()).toEqual([]));
      expect(await readdir(join(dataDir, 'spool', 'rejected'))).toEqual([]);
    } finally {
      await restored.stop();
    }
  },
);

/** As the server does it, of an installation without one. */
async function writeBackup(dataDir: string, archive: string): Promise<void> {
  const log = createLogger('silent');
  const database = await openEmbeddedDatabase(dataDir, log, (error) =>
    expect.unreachable(String(error)),
  );
  const blobFolder = join(dataDir, 'blobs');
  const blobs = await createDiskBlobStore(blobFolder, () => '0'.repeat(12));
  const backup = await createBeginBackup({ database, blobs, dataDir, log })();
  await backup.writeTo(createWriteStream(archive));
  await backup.discard();
  await database.close();
}

test.skipIf(IS_SERVER)(
  'backup: a new file of the owner only, and sha256sum knows its members',
  async () => {
    const archive = inFolder('by-command.tar');
    const end = await runCommand(inbox, ['backup', archive]);
    expect(end).toMatchObject({ code: 0, stdout: expect.stringContaining('Written: ') });
    expect((await stat(archive)).mode & 0o777).toBe(0o600);
    expect(await isThere(`${archive}.partial`)).toBe(false);
    const { manifest } = await verifyArchive(archive);
    expect(manifest).toMatchObject({ missing: [], damaged: [], inBuckets: 0 });
    // After Ctrl-C while the command reads what it has written.
    const interrupted = verifyArchive(archive, AbortSignal.abort());
    await expect(interrupted).rejects.toMatchObject({ name: 'AbortError' });

    const again = await runCommand(inbox, ['backup', archive]);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('exists already') });
  },
);

test('a folder or an archive that is not there is named, before a server is asked', async () => {
  const nowhere = inFolder('nowhere');
  const env = { PORT: '1', DATABASE_URL: '' };
  const backup = await runCommand(inbox, ['backup', join(nowhere, 'b.tar')], env);
  expect(backup).toMatchObject({ code: 1, stderr: `There is no folder ${nowhere}.\n` });
  const dataDir = inFolder('not restored');
  const none = inFolder('none.tar');
  const restored = await runCommand(inbox, ['restore', none], { ...env, DATA_DIR: dataDir });
  expect(restored).toMatchObject({ code: 1, stderr: `There is no file ${none}.\n` });
  expect(await isThere(dataDir)).toBe(false);
});

test.skipIf(IS_SERVER)('backup -: the archive alone on the standard output', async () => {
  const archive = inFolder('output.tar');
  const child = spawn(process.execPath, ['src/cli.ts', 'backup', '-'], {
    env: { PATH: process.env.PATH, ...inboxEnv(inbox), PORT: new URL(inbox.url).port },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit');
  const messages = text(child.stderr);
  await pipeline(child.stdout, createWriteStream(archive));
  expect(await exit).toEqual([0, null]);
  expect(await messages).toContain('Through the server at');
  expect((await verifyArchive(archive)).manifest).toMatchObject({ missing: [], damaged: [] });
});

test.skipIf(IS_SERVER)(
  'an archive that is cut or altered anywhere is refused, and nothing is written',
  async () => {
    const archive = inFolder('sound.tar');
    await saveBackup(inbox, archive);
    const { size } = await stat(archive);
    const copy = inFolder('unsound.tar');
    const dataDir = inFolder('untouched');
    const places = Array.from(
      { length: 10 },
      (_, index) => Math.floor((size * index) / 10) + index,
    );
    for (const place of [...places, size - 1, size - 512, size - 1024]) {
      await copyFile(archive, copy);
      await truncate(copy, place);
      await expect(restore(copy, dataDir), `cut at ${place}`).rejects.toMatchObject({
        code: 'invalid_request',
      });
    }
    for (const place of [...places, size - 1, size - 1500, size - 2100]) {
      await copyFile(archive, copy);
      const file = await open(copy, 'r+');
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, place);
      await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, place);
      await file.close();
      await expect(restore(copy, dataDir), `altered at ${place}`).rejects.toMatchObject({
        code: 'invalid_request',
      });
    }
    await expect(restore(new URL(import.meta.url).pathname, dataDir)).rejects.toMatchObject({
      code: 'invalid_request',
    });
    expect(await isThere(dataDir)).toBe(false);

    expect(await restore(archive, dataDir)).toMatchObject({ deleted: { media: [], messages: [] } });
    await expect(restore(archive, dataDir)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('has a database'),
    });
    await expect(restore(archive, inbox.dataDir)).rejects.toMatchObject({ code: 'conflict' });
    const manifestText = await readFile(archive, 'latin1');
    expect(manifestText).not.toContain(ACCOUNT_TOKEN);
  },
);
const ACCOUNT_TOKEN = 'token-of-the-main-account';
