import { once } from 'node:events';
import { access, cp, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { verifyArchive } from '../../src/backup/read-archive.ts';
import { restoreArchive } from '../../src/backup/restore.ts';
import { openEmbeddedDatabase } from '../../src/database/embedded/embedded-database.ts';
import { snapshotsFolder } from '../../src/database/embedded/embedded-snapshot.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { createSampleRandom } from '../../src/simulator/samples/sample-random.ts';
import { fixturePath } from '../support/fixtures.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { readAllRows } from '../support/moved-installation.ts';
import { filesUnder } from '../support/read-store.ts';
import { IN_BUCKET } from '../support/s3/test-s3.ts';
import { saveBackup } from '../support/slow-backup.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { startWebhookLoad } from '../support/webhook-load.ts';
import { durationOf, killIn, startCommand } from './killed-command.ts';
import { mountSmallDisk } from './small-disk.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });
const IS_SERVER = (process.env.TEST_DATABASE_URL ?? '') !== '' || IN_BUCKET;
const KILLS_OF_RESTORE = Math.min(10, Number(process.env.KILLS ?? 10));
const KILLS_OF_BACKUP = Math.ceil(KILLS_OF_RESTORE / 2);
const MESSAGES = 50;
const FIXTURES = [
  ...['photo.jpg', 'animated.gif', 'document.pdf', 'contact-30.vcf', 'audio.amr', 'video.3gp'],
  ...['note-utf8.txt', 'unknown.bin'],
];
const MIB = 1024 ** 2;

let inbox: TestInbox;
let folder: string;
let archive: string;
/** Every row of the moment of the backup, and the bytes of the files that they name. */
let saved: { rows: Record<string, string[]>; files: Record<string, string> };
/** Messages that had been answered with 200 before the backup was asked for. */
let acknowledged: string[];
beforeAll(async () => {
  inbox = await startTestInbox();
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-restore-'));
  archive = join(folder, 'backup.tar');
  if (IS_SERVER) return;
  await receiveAll();
  const load = await startWebhookLoad(inbox.twilio, createSampleRandom(1));
  load.aim(inbox.url);
  await load.acknowledged(20);
  acknowledged = load.delivered.flatMap(({ message, isAcknowledged }) =>
    isAcknowledged ? [message.sid] : [],
  );
  const moment = join(folder, 'moment');
  await saveBackup(inbox, archive, async () => {
    const [name = ''] = await readdir(snapshotsFolder(inbox.dataDir));
    await cp(join(snapshotsFolder(inbox.dataDir), name), moment, { recursive: true });
    await load.acknowledged(20);
  });
  await load.stop();
  const rows = await readAllRows({ dataDir: moment, databaseUrl: undefined });
  saved = { rows, files: await filesOf(inbox.dataDir, await namedFiles(moment)) };
});
afterAll(async () => {
  await inbox.stop();
  await rm(folder, { recursive: true, force: true });
});

/** 500 attachments of all kinds, of which 108 have other bytes; all are stored. */
async function receiveAll(): Promise<void> {
  const fixtures = await Promise.all(FIXTURES.map((name) => readFile(fixturePath(name))));
  const sids: string[] = [];
  for (let n = 0; n < MESSAGES; n += 1) {
    const contents = [...fixtures, Buffer.from(`note ${n}`), Buffer.from(`other note ${n}`)];
    const attachments = contents.map((bytes) => ({ bytes, contentType: 'text/plain' }));
    const { message, answer } = await inbox.receive({ attachments });
    expect(answer.status).toBe(200);
    sids.push(message.sid);
  }
  for (const sid of sids) await eventually(() => inbox.mediaOf(sid, 'stored'), 300_000);
}

async function namedFiles(dataDir: string): Promise<string[]> {
  const database = await open(dataDir);
  try {
    const rows = await database.prisma.$queryRaw<{ key: string }[]>`
      SELECT key FROM blob UNION ALL SELECT key FROM preview
      UNION ALL SELECT key FROM rendition WHERE key IS NOT NULL`;
    return rows.map(({ key }) => key);
  } finally {
    await database.close();
  }
}

const startRestore = (dataDir: string) =>
  startCommand(['restore', archive], inboxEnv({ dataDir, databaseUrl: undefined }));

const startBackup = (file: string) =>
  startCommand(['backup', file], { ...inboxEnv(inbox), PORT: new URL(inbox.url).port });

/** Whether a restore that was started at that time has begun to write. */
const writesSince = (dataDir: string, startedAt: number) => () =>
  stat(join(dataDir, 'restoring', 'archive.sha256')).then(
    ({ mtimeMs }) => mtimeMs >= startedAt,
    () => false,
  );

const holdsSnapshot = async () =>
  (await readdir(snapshotsFolder(inbox.dataDir)).catch(() => [])).length > 0;

async function filesOf(dataDir: string, keys: readonly string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const key of keys.toSorted()) {
    found[key] = await readFile(join(dataDir, 'blobs', key), 'latin1');
  }
  return found;
}

const restore = (dataDir: string) =>
  restoreArchive({
    archive,
    dataDir,
    blobFolder: join(dataDir, 'blobs'),
    deleteAgain: () => expect.unreachable('nothing was deleted'),
  });

const open = (dataDir: string) =>
  openEmbeddedDatabase(dataDir, createLogger('silent'), (error) =>
    expect.unreachable(String(error)),
  );

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** The restored installation has every row and every byte of the moment of the backup, and nothing else. */
async function expectRestored(dataDir: string): Promise<void> {
  expect(await isThere(join(dataDir, 'restoring'))).toBe(false);
  expect(await readAllRows({ dataDir, databaseUrl: undefined })).toEqual(saved.rows);
  const files = await filesUnder(join(dataDir, 'blobs'));
  expect(await filesOf(dataDir, files)).toEqual(saved.files);
}

test.skipIf(IS_SERVER)(
  '500 attachments under load: the archive has all that was acknowledged before, whole',
  async () => {
    const { manifest } = await verifyArchive(archive);
    expect(manifest).toMatchObject({ missing: [], damaged: [] });
    expect(manifest.tables['public.media']).toBeGreaterThanOrEqual(500);
    const spool = join(folder, 'moment', 'spool');
    const waiting = (await readdir(spool)).filter((name) => name.endsWith('.json'));
    const texts = await Promise.all(waiting.map((name) => readFile(join(spool, name), 'utf8')));
    const all = [...(saved.rows.message ?? []), ...texts].join();
    expect(acknowledged.filter((sid) => !all.includes(sid))).toEqual([]);
  },
);

test.skipIf(IS_SERVER)(
  'a restore that is killed at any moment ends when it is run again',
  async () => {
    const dataDir = join(folder, 'killed');
    const whole = join(folder, 'whole');
    let duration = await durationOf(startRestore(whole), writesSince(whole, 0));
    await expectRestored(whole);
    let kills = 0;
    for (let tries = 0; kills < KILLS_OF_RESTORE && tries < 3 * KILLS_OF_RESTORE; tries += 1) {
      const startedAt = Date.now();
      await killIn(duration, startRestore(dataDir), writesSince(dataDir, startedAt));
      if (await isThere(join(dataDir, 'restoring'))) {
        kills += 1;
        await expect(open(dataDir)).rejects.toMatchObject({
          message: expect.stringContaining('was interrupted: run it again'),
        });
      } else {
        // It had ended before: the machine has less to do than in the first run.
        duration *= 0.8;
        await rm(dataDir, { recursive: true });
      }
    }
    expect(kills).toBe(KILLS_OF_RESTORE);
    await restore(dataDir);
    await expectRestored(dataDir);
  },
);

test.skipIf(IS_SERVER)('so does one that is killed while it removes its mark', async () => {
  const dataDir = join(folder, 'marked');
  await restore(dataDir);
  // It goes after what was in it.
  await mkdir(join(dataDir, 'restoring'));
  await restore(dataDir);
  await expectRestored(dataDir);
});

test.skipIf(IS_SERVER)(
  'a backup that is killed at any moment leaves nothing at the server, and can be run again',
  async () => {
    const file = join(folder, 'killed.tar');
    let duration = await durationOf(startBackup(join(folder, 'first.tar')), holdsSnapshot);
    let kills = 0;
    for (let tries = 0; kills < KILLS_OF_BACKUP && tries < 3 * KILLS_OF_BACKUP; tries += 1) {
      const isKilled = await killIn(duration, startBackup(file), holdsSnapshot);
      await eventually(async () => expect(await holdsSnapshot()).toBe(false));
      if (isKilled) kills += 1;
      else duration *= 0.8;
      // Its name is there only once it is whole.
      if (await isThere(file)) await verifyArchive(file).then(() => rm(file));
    }
    expect(kills).toBe(KILLS_OF_BACKUP);
    const last = startBackup(file);
    expect(await once(last, 'exit')).toEqual([0, null]);
    expect((await verifyArchive(file)).manifest).toMatchObject({ missing: [], damaged: [] });
  },
);

test.skipIf(IS_SERVER)(
  'a restore onto a disk that is full ends when there is room',
  async (context) => {
    const disk = await mountSmallDisk(300);
    if (disk === null) return context.skip();
    try {
      const dataDir = join(disk.folder, 'data');
      await disk.fill(80 * MIB);
      await expect(restore(dataDir)).rejects.toMatchObject({ code: 'ENOSPC' });
      await expect(open(dataDir)).rejects.toMatchObject({
        message: expect.stringContaining('was interrupted'),
      });
      await disk.makeRoom();
      await restore(dataDir);
      await expectRestored(dataDir);
    } finally {
      await disk.remove();
    }
  },
);
