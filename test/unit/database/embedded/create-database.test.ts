import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDatabase } from '../../../../src/database/embedded/create-database.ts';
import { hasDatabase, lockDataFolder } from '../../../../src/database/embedded/data-folder.ts';
import { createEmbeddedPool } from '../../../../src/database/embedded/embedded-pool.ts';
import { openEmbeddedThread } from '../../../../src/database/embedded/embedded-thread.ts';
import { applyMigrations } from '../../../../src/database/migrations/apply-migrations.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'mms-inbox-create-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

test('a database is created with all its tables, so that the server has nothing to migrate', async () => {
  const lock = await lockDataFolder(dataDir);
  const folder = join(dataDir, 'database');
  await createDatabase(folder, lock);
  expect(await hasDatabase(folder)).toBe(true);
  const thread = await openEmbeddedThread(folder);
  const pool = createEmbeddedPool(thread, (error) => expect.unreachable(String(error)));
  try {
    expect(await applyMigrations(pool)).toEqual([]);
    expect((await pool.query('SELECT count(*)::int AS media FROM media')).rows).toEqual([
      { media: 0 },
    ]);
  } finally {
    await pool.end();
    await thread.close();
    await lock.release();
  }
});

test('a creation that fails says why', async () => {
  const lock = await lockDataFolder(dataDir);
  const folder = join(dataDir, 'database');
  await mkdir(join(folder, 'global'), { recursive: true });
  await writeFile(join(folder, 'global', 'pg_control'), '');
  await expect(createDatabase(folder, lock)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('has a database without PG_VERSION'),
  });
  await lock.release();
});
