import { access, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database, Snapshot } from '../../../../src/database/database.ts';
import { openEmbeddedDatabase } from '../../../../src/database/embedded/embedded-database.ts';
import { createLogger } from '../../../../src/monitoring/logger.ts';

const log = createLogger('silent');
const open = (dataDir: string) =>
  openEmbeddedDatabase(dataDir, log, (error) => expect.unreachable(String(error)));

let folder: string;
let database: Database;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-snapshot-'));
  database = await open(folder);
  await database.prisma.$executeRaw`CREATE TABLE pair (id int PRIMARY KEY, half text)`;
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const take = (): Promise<Snapshot> => database.takeSnapshot?.() ?? expect.unreachable('no server');
const countPairs = async ({ prisma }: Database) => {
  const rows = await prisma.$queryRaw<{ left: number; right: number }[]>`
    SELECT count(*) FILTER (WHERE half = 'left')::int AS left,
      count(*) FILTER (WHERE half = 'right')::int AS right FROM pair`;
  return rows[0] ?? expect.unreachable('no row');
};

test('a snapshot under load has whole transactions only, and what was committed before', async () => {
  const writing = new AbortController();
  let committed = 0;
  const write = async () => {
    for (let id = 0; !writing.signal.aborted; id += 2) {
      await database.prisma.$transaction(async (tx) => {
        await tx.$executeRaw`INSERT INTO pair VALUES (${id}, 'left')`;
        await tx.$executeRaw`INSERT INTO pair VALUES (${id + 1}, 'right')`;
      });
      committed += 1;
    }
  };
  const writer = write();
  await expect.poll(() => committed).toBeGreaterThan(20);
  const before = committed;
  const snapshot = await take();
  const after = committed;
  writing.abort();
  await writer;

  const copy = await open(snapshot.dataDir);
  const { left, right } = await countPairs(copy);
  await copy.close();
  expect(left).toBe(right);
  expect(left).toBeGreaterThanOrEqual(before);
  expect(left).toBeLessThanOrEqual(after + 1);

  await snapshot.remove();
  expect(await readdir(join(folder, 'snapshots'))).toEqual([]);
});

test('a purge waits until the snapshot is removed, and can be stopped while it waits', async () => {
  const snapshot = await take();
  const stopping = new AbortController();
  const stopped = database.purge(stopping.signal);
  stopping.abort(new Error('stopping'));
  await expect(stopped).rejects.toThrow('stopping');

  let isPurged = false;
  const purge = database.purge(new AbortController().signal).then(() => {
    isPurged = true;
  });
  await database.ping();
  expect(isPurged).toBe(false);
  await snapshot.remove();
  await purge;
});

test('a start removes what a killed process has left', async () => {
  await database.close();
  const left = join(folder, 'snapshots', 'left', 'database');
  await mkdir(left, { recursive: true });
  await writeFile(join(left, 'PG_VERSION'), '17');
  database = await open(folder);
  await expect(access(join(folder, 'snapshots'))).rejects.toMatchObject({ code: 'ENOENT' });
});
