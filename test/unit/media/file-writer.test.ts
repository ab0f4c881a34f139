import { randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { openDatabase } from '../../../src/database/open-database.ts';
import type { BlobStore } from '../../../src/files/blob-store.ts';
import { createDiskBlobStore } from '../../../src/files/disk-blob-store.ts';
import { newBlobKey } from '../../../src/files/file-names.ts';
import { readWorkers } from '../../../src/jobs/worker-health.ts';
import { type FileWriter, registerFileWriter, writerLock } from '../../../src/media/file-writer.ts';
import { sweepOrphans } from '../../../src/media/housekeeping.ts';
import { withNewFiles } from '../../../src/media/new-files.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';
import { eventually } from '../../support/test-inbox.ts';

// Two writers on one database: what two processes on a server are, and on the embedded database the one
// process and the one before it.

const log = pino({ level: 'silent' });
let place: TestDatabase;
let database: Database;
let folder: string;
let sha256: string;
let writers: FileWriter[];

beforeAll(async () => {
  place = await createTestDatabase();
  database = await openDatabase(place, log);
});
afterAll(async () => {
  await database.close();
  await place.remove();
});
beforeEach(() => {
  sha256 = randomBytes(32).toString('hex');
  folder = join(place.dataDir, sha256);
  writers = [];
});
afterEach(async () => {
  for (const writer of writers) await writer.close();
});

async function startWriter(): Promise<{ writer: FileWriter; blobs: BlobStore }> {
  const writer = await registerFileWriter(database, log);
  writers.push(writer);
  return { writer, blobs: await createDiskBlobStore(folder, writer.id) };
}

/** A blob that no row names, and a scratch file. */
async function write(blobs: BlobStore): Promise<string> {
  await writeFile(blobs.scratchPath('ME1'), 'half');
  const key = newBlobKey(blobs, sha256);
  const path = join(folder, key);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'whole');
  return key;
}

const take = (key: string, { writer, blobs }: { writer: FileWriter; blobs: BlobStore }) =>
  withNewFiles({ database, blobs, writer }, [{ key, sha256 }], async (tx) => {
    await tx.blob.create({ data: { sha256, key, byteSize: 5 } });
    return new Set([key]);
  });

async function onDisk(): Promise<string[]> {
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

const never = new AbortController().signal;

test('what a living process writes is left alone, however often is swept', async () => {
  const mine = await startWriter();
  const key = await write(mine.blobs);
  expect(await sweepOrphans({ database, ...mine }, never)).toBe(0);
  await take(key, mine);
  expect(await onDisk()).toHaveLength(2);
});

test('what a process left that has ended goes at once, but for what a row names', async () => {
  const dead = await startWriter();
  const kept = await write(dead.blobs);
  await write(dead.blobs);
  await take(kept, dead);
  await dead.writer.close();
  const next = await startWriter();
  expect(await sweepOrphans({ database, ...next }, never)).toBe(3);
  expect(await onDisk()).toEqual([kept.split('/').at(-1)]);
});

test('another process that lives keeps its files', async (context) => {
  if (place.databaseUrl === undefined) return context.skip('the embedded database has one process');
  const other = await startWriter();
  const key = await write(other.blobs);
  const mine = await startWriter();
  expect(await sweepOrphans({ database, ...mine }, never)).toBe(0);
  await take(key, other);
});

test('while a sweep waits to retire a worker that was killed, that worker is not taken for one that hangs', async (context) => {
  if (place.databaseUrl === undefined) return context.skip('the embedded database has one process');
  const { prisma } = database;
  const { writer: ended } = await startWriter();
  await ended.close();
  await prisma.$executeRaw`
    INSERT INTO worker_process (id, name, lock_name, seen_at)
    VALUES ('killed', 'host:1', ${writerLock(ended.id())}, now() - interval '70 s')`;
  const mine = await startWriter();
  const sweep = await prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT FROM file_writer WHERE id = ${ended.id()} FOR SHARE`;
    const sweep = sweepOrphans({ database, ...mine }, never);
    await eventually(async () => {
      const waiting = await prisma.$queryRaw<unknown[]>`
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%file_writer%'`;
      expect(waiting).toHaveLength(1);
    });
    expect((await readWorkers(database)).hanging).toEqual([]);
    // Not awaited here: it waits for the end of this transaction.
    return { ends: sweep };
  });
  expect(await sweep.ends).toBe(0);
});

test('whoever was taken for dead takes none of its old files into use, and goes on with new ones', async () => {
  const slow = await startWriter();
  const key = await write(slow.blobs);
  // As if its connection had broken, and another process had swept.
  await database.prisma.fileWriter.update({
    where: { id: slow.writer.id() },
    data: { retiredAt: new Date() },
  });
  await expect(take(key, slow)).rejects.toMatchObject({ code: 'unavailable' });
  expect(await database.prisma.blob.count({ where: { key } })).toBe(0);
  expect(await onDisk()).toHaveLength(1);
  await eventually(async () => {
    await take(await write(slow.blobs), slow);
  });
});

test('when its connection breaks a process goes on under a new id', async (context) => {
  if (place.databaseUrl === undefined) return context.skip('there is no connection to break');
  const { writer } = await startWriter();
  const before = writer.id();
  await database.prisma.$queryRaw`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'mms-inbox-lock'`;
  await eventually(async () => expect(writer.id()).not.toBe(before));
});

test('one that cannot be registered leaves no connection behind', async (context) => {
  if (place.databaseUrl === undefined) return context.skip('there is no connection to leave');
  const { prisma } = database;
  const connections = () => prisma.$queryRaw<{ pid: number }[]>`
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'mms-inbox-lock'`;
  await eventually(async () => expect(await connections()).toEqual([]));
  await prisma.$executeRaw`ALTER TABLE file_writer RENAME TO file_writer_away`;
  try {
    await expect(registerFileWriter(database, log)).rejects.toThrow();
    await eventually(async () => expect(await connections()).toEqual([]), 5000);
  } finally {
    await prisma.$executeRaw`ALTER TABLE file_writer_away RENAME TO file_writer`;
  }
});
