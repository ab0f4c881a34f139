import { execFileSync } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { parseS3Url } from '../../src/files/s3/s3-location.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import type { NewPlace } from '../../src/move/new-store.ts';
import { type MoveProgress, type MoveReport, runMove } from '../../src/move/run-move.ts';
import { databaseUrl, onServer } from '../support/database-templates.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { readAllRows } from '../support/moved-installation.ts';
import { filesUnder } from '../support/read-store.ts';
import { startStrictS3 } from '../support/s3/strict-s3.ts';
import { smallPicture } from '../support/small-picture.ts';
import { startTestInbox } from '../support/test-inbox.ts';
import { findPostgres, type PostgresCluster, startPostgresCluster } from './postgres-cluster.ts';
import { mountSmallDisk } from './small-disk.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });
const bin = findPostgres();

let cluster: PostgresCluster;
let folder: string;
/** An embedded installation without a server. */
let source: { dataDir: string; databaseUrl: undefined };
beforeAll(async () => {
  if (bin === null) return;
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-full-'));
  cluster = await startPostgresCluster(bin);
  const inbox = await startTestInbox({
    DATABASE_URL: '',
    DATABASE_DIRECT_URL: '',
    BLOB_STORE_URL: '',
  });
  const pictures = await Promise.all([1, 2, 3].map((seed) => smallPicture(seed)));
  const attachments = pictures.map((bytes) => ({ bytes, contentType: 'image/png' }));
  const { message } = await inbox.receive({ attachments });
  await inbox.mediaOf(message.sid, 'stored');
  source = { dataDir: join(folder, 'source'), databaseUrl: undefined };
  await inbox.restart({}, () => cp(inbox.dataDir, source.dataDir, { recursive: true }));
  await inbox.stop();
});
afterAll(async () => {
  await cluster?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

/** @param onBegin called when a part of the move begins */
function move(
  toDatabase: string,
  toBlobs: NewPlace,
  onBegin: MoveProgress['begin'] = () => undefined,
): Promise<MoveReport> {
  const { config } = loadConfig(inboxEnv(source));
  const progress = { begin: onBegin, advance: () => undefined };
  const holdSnapshot = () => Promise.reject(new Error('no server runs'));
  return runMove({ config, toDatabase, toBlobs, holdSnapshot, progress }, createLogger('silent'));
}

/** The rows and the bytes of every file. */
async function everythingIn(place: { dataDir: string }) {
  const blobs = join(place.dataDir, 'blobs');
  const files: Record<string, string> = {};
  for (const name of await filesUnder(blobs))
    files[name] = await readFile(join(blobs, name), 'hex');
  return { files, rows: await readAllRows(source) };
}

/** Fills a disk completely, at once: a move does not wait for whoever is told of its progress. */
function fillNow(file: string): void {
  try {
    execFileSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=64k'], { stdio: 'ignore' });
  } catch {
    // It ends when the disk is full.
  }
}

test('a full disk of the database, and then of the folder of files, ends a move that goes on later', async (context) => {
  if (bin === null) return context.skip('there is no PostgreSQL for it');
  const disk = await mountSmallDisk(400);
  if (disk === null) return context.skip('this user may not mount a disk');
  try {
    const [tables, files] = [join(disk.folder, 'tables'), join(disk.folder, 'files')];
    await mkdir(tables);
    await chmod(disk.folder, 0o711);
    await chownToPostgres(tables);
    await onServer(cluster.url, `CREATE TABLESPACE small LOCATION '${tables}'`);
    await onServer(cluster.url, 'CREATE DATABASE full_disk TEMPLATE template0 TABLESPACE small');
    const url = databaseUrl(cluster.url, 'full_disk');
    const before = await everythingIn(source);
    const fillAt = (wanted: string) => (task: string) => {
      if (task === wanted) fillNow(join(disk.folder, 'filler'));
    };
    const place = { folder: files, s3: undefined };
    await expect(move(url, place, fillAt('rows'))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(
        /No space left on device.* Run the same command again: it goes on/,
      ),
    });
    await disk.makeRoom();
    await expect(move(url, place, fillAt('files'))).rejects.toMatchObject({
      code: 'unavailable',
      message:
        'There is no room left on the disk: make room, and run the same command again: it goes on.',
    });
    await disk.makeRoom();
    expect(await everythingIn(source)).toEqual(before);

    expect(await move(url, place)).toMatchObject({ isDone: true, problems: [] });
    expect(await readAllRows({ ...source, databaseUrl: url })).toEqual(before.rows);
    expect(await filesUnder(files)).toHaveLength(Object.keys(before.files).length);
  } finally {
    await onServer(cluster.url, 'DROP DATABASE IF EXISTS full_disk WITH (FORCE)');
    await disk.remove();
  }
});

async function chownToPostgres(path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres']));
  await chown(path, id('-u'), id('-g'));
}

test('so does a bucket without room', async (context) => {
  if (bin === null) return context.skip('there is no PostgreSQL for it');
  const s3 = await startStrictS3('mms');
  try {
    for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
    await onServer(cluster.url, 'CREATE DATABASE full_bucket TEMPLATE template0');
    const url = databaseUrl(cluster.url, 'full_bucket');
    const place = { folder: undefined, s3: parseS3Url(s3.url) };
    const before = await everythingIn(source);
    const message =
      'The store has no room left (InsufficientStorage). Run the same command again when it works.';
    // As MinIO answers.
    const full = { status: 507, code: 'XMinioStorageFull' };
    s3.fail(/^PUT/, full);
    await expect(move(url, place)).rejects.toMatchObject({ code: 'unavailable', message });
    s3.mend();
    s3.fail(/^PUT .*previews/, full);
    await expect(move(url, place)).rejects.toMatchObject({ code: 'unavailable', message });
    s3.mend();
    expect(await everythingIn(source)).toEqual(before);

    expect(await move(url, place)).toMatchObject({ isDone: true, problems: [] });
    expect(await readAllRows({ ...source, databaseUrl: url })).toEqual(before.rows);
    expect(s3.objects().size).toBe(Object.keys(before.files).length);
  } finally {
    vi.unstubAllEnvs();
    await s3.stop();
  }
});
