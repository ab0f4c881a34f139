import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { openDatabase } from '../../../src/database/open-database.ts';
import { createDiskBlobStore } from '../../../src/files/disk-blob-store.ts';
import { newBlobKey, newWriterId } from '../../../src/files/file-names.ts';
import { registerFileWriter } from '../../../src/media/file-writer.ts';
import { sweepOrphans } from '../../../src/media/housekeeping.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

// A blob folder in which more lies than this database knows of: it is the wrong one, or an older one.

const SHA256 = 'ab'.repeat(32);
const log = pino({ level: 'silent' });
let place: TestDatabase;
let database: Database;
let folder: string;

beforeAll(async () => {
  place = await createTestDatabase();
  database = await openDatabase(place, log);
  folder = join(place.dataDir, 'files');
});
afterAll(async () => {
  await database.close();
  await place.remove();
});

async function leave(...names: string[]): Promise<() => string[]> {
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), 'precious');
  }
  return () => names.filter((name) => existsSync(join(folder, name)));
}

/** A blob and a scratch file of a writer, neither of them named by a row. */
async function leaveOf(writerId: string): Promise<() => string[]> {
  const blobs = await createDiskBlobStore(folder, () => writerId);
  return leave(newBlobKey(blobs, SHA256), `incoming/${blobs.newName('ME1')}`);
}

async function sweep(): Promise<number> {
  const writer = await registerFileWriter(database, log);
  const blobs = await createDiskBlobStore(folder, writer.id);
  const removed = await sweepOrphans({ database, blobs, writer }, new AbortController().signal);
  await writer.close();
  return removed;
}

async function endedWriter(): Promise<string> {
  const writer = await registerFileWriter(database, log);
  await writer.close();
  return writer.id();
}

test('files of an ended process go, though it was retired before', async () => {
  const id = await endedWriter();
  await sweep();
  const left = await leaveOf(id);
  expect(await sweep()).toBe(2);
  expect(left()).toEqual([]);
});

test('files of a writer that this database has never known stay', async () => {
  const left = await leaveOf(newWriterId());
  expect(await sweep()).toBe(0);
  expect(left()).toHaveLength(2);
});

test('files whose names tell no writer stay, wherever they are', async () => {
  const left = await leave(
    'spool/000000000001-0123456789ab.json',
    'blobs/ab/cd/notes.txt',
    'incoming/notes.txt',
    'notes.txt',
  );
  expect(await sweep()).toBe(0);
  expect(left()).toHaveLength(4);
});

test('files of a process that was alive when a dump was made stay after it is restored', async () => {
  const id = await endedWriter();
  // As a dump that was made while it lived brings it: not retired, and from another database.
  await database.prisma.fileWriter.update({ where: { id }, data: { home: '1/2/3/00000001' } });
  const left = await leaveOf(id);
  expect(await sweep()).toBe(0);
  expect(await sweep()).toBe(0);
  expect(left()).toHaveLength(2);
});

test('after a restore of the data alone files stay once every writer is disowned', async () => {
  const id = await endedWriter();
  await sweep();
  // What came in after the dump: its writer is known and retired, no row names it.
  const left = await leaveOf(id);
  await database.prisma.$executeRaw`UPDATE file_writer SET home = NULL`;
  expect(await sweep()).toBe(0);
  expect(left()).toHaveLength(2);
  // Who starts afterwards is swept as ever.
  const later = await leaveOf(await endedWriter());
  expect(await sweep()).toBe(2);
  expect(later()).toEqual([]);
  expect(left()).toHaveLength(2);
});

test('a dump that is read back gives the database another identity', async (context) => {
  if (place.databaseUrl === undefined) return context.skip('dumps are made of servers');
  const id = await endedWriter();
  const left = await leaveOf(id);
  // What `pg_restore --clean` does with each table.
  await database.prisma.$executeRaw`ALTER TABLE file_writer RENAME TO dumped`;
  await database.prisma.$executeRaw`CREATE TABLE file_writer (LIKE dumped INCLUDING DEFAULTS)`;
  await database.prisma.$executeRaw`INSERT INTO file_writer SELECT * FROM dumped`;
  await database.prisma.$executeRaw`DROP TABLE dumped`;
  expect(await sweep()).toBe(0);
  expect(left()).toHaveLength(2);
});
