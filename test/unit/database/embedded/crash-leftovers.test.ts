import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDurablePglite } from '../../../../src/database/embedded/durable-pglite.ts';
import { findBytes } from '../../../support/find-bytes.ts';

const NEEDLE = Buffer.from('told in private');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-leftovers-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('files that a kill left behind are removed by the next start, those of tables are not', async () => {
  const database = join(folder, 'database');
  const first = await openDurablePglite(database);
  await first.pglite.exec(
    `CREATE TABLE kept (id int PRIMARY KEY, body text);
    INSERT INTO kept SELECT n, repeat('x', 3000) || n FROM generate_series(1, 50) n`,
  );
  for (const statement of ['VACUUM FULL kept', 'CHECKPOINT']) await first.pglite.exec(statement);
  const { rows } = await first.pglite.query<{ path: string }>(
    `SELECT pg_relation_filepath('kept') AS path`,
  );
  await first.close();

  const path = join(database, rows[0]?.path ?? '');
  const place = dirname(path);
  // A table that was written anew, its second gigabyte, its map, and what a sort left.
  for (const name of ['999999', '999999.1', '999999_fsm', 't3_999998']) {
    await copyFile(path, join(place, name));
    await writeFile(join(place, name), NEEDLE, { flag: 'a' });
  }
  const sorts = join(database, 'base', 'pgsql_tmp');
  await mkdir(sorts, { recursive: true });
  await writeFile(join(sorts, 'pgsql_tmp42.0'), NEEDLE);

  const again = await openDurablePglite(database);
  expect(await findBytes(database, NEEDLE)).toEqual([]);
  const { rows: kept } = await again.pglite.query(
    'SELECT count(*)::int AS count, sum(length(body))::int AS length FROM kept WHERE id > 0',
  );
  expect(kept).toEqual([{ count: 50, length: 50 * 3000 + 91 }]);
  await again.close();
});
