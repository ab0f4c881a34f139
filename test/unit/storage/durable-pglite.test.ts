import { existsSync } from 'node:fs';
import fsPromises, { cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDurablePglite } from '../../../src/storage/durable-pglite.ts';
import { type WatchedFiles, watchFiles } from './watched-files.ts';

const tellsPaths = existsSync('/proc/self/fd');

let folder: string;
let database: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-durable-'));
  database = join(folder, 'database');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function watching<T>(run: (files: WatchedFiles) => Promise<T>): Promise<T> {
  const files = await watchFiles();
  try {
    return await run(files);
  } finally {
    files.stop();
  }
}

test.runIf(tellsPaths)('what recovery writes is on the disk once the start is over', async () => {
  const { pglite } = await openDurablePglite(database);
  await pglite.exec(
    'CREATE TABLE note (id int); CHECKPOINT; INSERT INTO note SELECT generate_series(1, 3000)',
  );
  // As a process leaves it that is killed.
  const left = join(folder, 'left');
  await cp(database, left, { recursive: true });
  await pglite.close();

  const { written, unsynced, again } = await watching(async ({ written, synced }) => {
    const again = await openDurablePglite(left);
    return { written, unsynced: [...written].filter((path) => !synced.has(path)), again };
  });
  const { rows } = await again.pglite.query<{ count: number; file: string }>(
    `SELECT count(*)::int AS count, pg_relation_filepath('note') AS file FROM note`,
  );
  await again.pglite.close();
  expect(rows).toMatchObject([{ count: 3000 }]);
  // Rows, which transactions are committed, and up to where the log was applied.
  const data = [rows[0]?.file ?? '', 'pg_xact/0000', 'global/pg_control'];
  const among = (paths: Iterable<string>) =>
    data.filter((name) => new Set(paths).has(join(left, name)));
  expect(among(written)).toEqual(data);
  expect(among(unsynced)).toEqual([]);
});

test.runIf(tellsPaths)('a database gets its name once all of it is on the disk', async () => {
  const { rename } = fsPromises;
  let missing: string[] | undefined;
  const { pglite, isKnown } = await watching(async ({ synced }) => {
    const spy = vi.spyOn(fsPromises, 'rename').mockImplementation(async (from, to) => {
      const names = await readdir(from, { recursive: true });
      missing = [...names, '']
        .map((name) => join(String(from), name))
        .filter((path) => !synced.has(path));
      await rename(from, to);
    });
    syncBuiltinESMExports();
    try {
      const { pglite } = await openDurablePglite(database);
      return { pglite, isKnown: synced.has(folder) };
    } finally {
      spy.mockRestore();
      syncBuiltinESMExports();
    }
  });
  await pglite.close();
  expect(missing).toEqual([]);
  expect(isKnown).toBe(true);
});

test('a first start that was broken off is begun anew', async () => {
  await mkdir(join(folder, 'database.new'));
  await writeFile(join(folder, 'database.new', 'PG_VERSION'), '');
  const { pglite } = await openDurablePglite(database);
  await pglite.close();
  expect(await readdir(folder)).toEqual(['database']);
});

test('a folder that is given, which may be a mount, is filled', async () => {
  await mkdir(database);
  const { ino } = await stat(database);
  const { pglite } = await openDurablePglite(database);
  await pglite.close();
  expect((await stat(database)).ino).toBe(ino);
});
