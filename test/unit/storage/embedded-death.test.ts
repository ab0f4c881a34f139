import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QueryConfig } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDurablePglite } from '../../../src/storage/durable-pglite.ts';
import { createEmbeddedPool } from '../../../src/storage/embedded-pool.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-death-'));
});
afterEach(async () => {
  setSync(fsyncSync);
  await rm(folder, { recursive: true, force: true });
});

const { fsyncSync } = fs;
function setSync(sync: typeof fsyncSync): void {
  fs.fsyncSync = sync;
  syncBuiltinESMExports();
}

/** What is told of the end that a statement brings. */
async function deathBy(statement: QueryConfig, spoil = () => {}): Promise<unknown> {
  const { pglite } = await openDurablePglite(join(folder, 'database'));
  const death = Promise.withResolvers<unknown>();
  const pool = createEmbeddedPool(pglite, death.resolve);
  await pool.query('CREATE TABLE note (id int)');
  spoil();
  const answered = pool.query(statement).then(({ rows }) => ({ answered: rows }));
  return Promise.race([death.promise, answered]);
}

const insert = { text: 'INSERT INTO note VALUES ($1)', values: [1] };

test.each([
  ['with a name', { ...insert, name: 'insert' }],
  ['without one', insert],
  ['in one message', { text: 'INSERT INTO note VALUES (1)' }],
])(
  'a commit that does not reach the disk is not answered: a statement %s',
  async (_, statement) => {
    const breakDisk = () =>
      setSync(() => {
        throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
      });
    expect(await deathBy(statement, breakDisk)).toMatchObject({
      severity: 'PANIC',
      message: expect.stringMatching(/^could not fsync file "\w+": I\/O error$/),
    });
  },
);

test('a statement that is left in the midst of PostgreSQL is the end, too', async () => {
  const deep = `SELECT ${'1 + '.repeat(50_000)} $1::int`;
  expect(await deathBy({ text: deep, values: [1] })).toBeInstanceOf(RangeError);
});
