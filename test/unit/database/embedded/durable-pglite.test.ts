import { existsSync } from 'node:fs';
import fsPromises, {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDurablePglite } from '../../../../src/database/embedded/durable-pglite.ts';
import { type WatchedFiles, watchFiles } from '../../../support/watched-files.ts';

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

test('every commit is a real sync to disk, a read is none', async () => {
  const { pglite, syncCount, close } = await openDurablePglite(database);
  await pglite.exec('CREATE TABLE note (id int)');
  const before = syncCount();
  for (let id = 0; id < 50; id += 1) await pglite.query('INSERT INTO note VALUES ($1)', [id]);
  expect(syncCount() - before).toBeGreaterThanOrEqual(50);
  const written = syncCount();
  await pglite.query('SELECT count(*) FROM note');
  expect(syncCount()).toBe(written);
  await close();
});

test.runIf(tellsPaths)('what recovery writes is on the disk once the start is over', async () => {
  const { pglite, close } = await openDurablePglite(database);
  await pglite.exec(
    'CREATE TABLE note (id int); CHECKPOINT; INSERT INTO note SELECT generate_series(1, 3000)',
  );
  // As a process leaves it that is killed.
  const left = join(folder, 'left');
  await cp(database, left, { recursive: true });
  await close();

  const { written, unsynced, again } = await watching(async ({ written, synced }) => {
    const again = await openDurablePglite(left);
    return { written, unsynced: [...written].filter((path) => !synced.has(path)), again };
  });
  const { rows } = await again.pglite.query<{ count: number; file: string }>(
    `SELECT count(*)::int AS count, pg_relation_filepath('note') AS file FROM note`,
  );
  await again.close();
  expect(rows).toMatchObject([{ count: 3000 }]);
  // Rows, which transactions are committed, and up to where the log was applied.
  const data = [rows[0]?.file ?? '', 'pg_xact/0000', 'global/pg_control'];
  const among = (paths: Iterable<string>) =>
    data.filter((name) => new Set(paths).has(join(left, name)));
  expect(among(written)).toEqual(data);
  expect(among(unsynced)).toEqual([]);
});

test.runIf(tellsPaths)('a database is one once all of it is on the disk', async () => {
  const { rename } = fsPromises;
  const moved: string[] = [];
  let missing: string[] = [];
  const { close } = await watching(async ({ synced }) => {
    const spy = vi.spyOn(fsPromises, 'rename').mockImplementation(async (from, to) => {
      const name = basename(String(from));
      if (moved.length === 0) {
        const unfinished = dirname(String(from));
        const names = await readdir(unfinished, { recursive: true });
        missing = [...names, '']
          .map((path) => join(unfinished, path))
          .filter((path) => !synced.has(path));
      }
      if (name === 'PG_VERSION' && !synced.has(database)) missing.push('the folder');
      moved.push(name);
      synced.delete(database);
      await rename(from, to);
    });
    syncBuiltinESMExports();
    try {
      const opened = await openDurablePglite(database);
      for (const path of [database, folder]) if (!synced.has(path)) missing.push(path);
      return opened;
    } finally {
      spy.mockRestore();
      syncBuiltinESMExports();
    }
  });
  await close();
  expect(missing).toEqual([]);
  expect(moved.length).toBeGreaterThan(10);
  expect(moved.at(-1)).toBe('PG_VERSION');
});

test('a first start that was broken off is begun anew, in the folder that was given', async () => {
  await mkdir(join(database, '.new', 'base'), { recursive: true });
  await mkdir(join(database, 'global'));
  for (const name of ['.new/PG_VERSION', 'global/pg_control', 'base', '.keep']) {
    await writeFile(join(database, name), '');
  }
  const { ino } = await stat(database);
  await (await openDurablePglite(database)).close();
  const { pglite, close } = await openDurablePglite(database);
  expect((await pglite.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await close();
  expect((await stat(database)).ino).toBe(ino);
  expect(await readdir(database)).toContain('.keep');
  expect(await readdir(database)).not.toContain('.new');
});

test('a folder may be a link to another', async () => {
  await mkdir(join(folder, 'elsewhere'));
  await symlink('elsewhere', database);
  await (await openDurablePglite(database)).close();
  await (await openDurablePglite(database)).close();
  expect(await readdir(join(folder, 'elsewhere'))).toContain('PG_VERSION');
});

test('a database without PG_VERSION is left as it is', async () => {
  await mkdir(join(database, 'global'), { recursive: true });
  await writeFile(join(database, 'global', 'pg_control'), 'somebody’s');
  await expect(openDurablePglite(database)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('has a database without PG_VERSION'),
  });
  expect(await readdir(database, { recursive: true })).toEqual(['global', 'global/pg_control']);
});
