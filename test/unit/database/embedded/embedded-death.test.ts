import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QueryConfig } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDurablePglite } from '../../../../src/database/embedded/durable-pglite.ts';
import { EmbeddedDeath } from '../../../../src/database/embedded/embedded-death.ts';
import { createEmbeddedPool } from '../../../../src/database/embedded/embedded-pool.ts';

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
const fail = () => {
  throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
};

const open = () => openDurablePglite(join(folder, 'database'));

/** What is told of the end that a statement brings, once that and the next have failed. */
async function deathBy(statement: QueryConfig, spoil = () => {}): Promise<unknown> {
  const { pglite } = await open();
  let told: unknown;
  const pool = createEmbeddedPool(pglite, (error) => {
    told ??= error;
  });
  await pool.query('CREATE TABLE note (id int)');
  spoil();
  await expect(pool.query(statement)).rejects.toThrow(EmbeddedDeath);
  await expect(pglite.query('SELECT 1')).rejects.toThrow(EmbeddedDeath);
  return told;
}

test.each([
  ['in several messages', { name: 'insert', text: 'INSERT INTO note VALUES ($1)', values: [1] }],
  ['in one message', { text: 'INSERT INTO note VALUES (1)' }],
])('a commit that does not reach the disk is the end: a statement %s', async (_, statement) => {
  expect(await deathBy(statement, () => setSync(fail))).toMatchObject({
    severity: 'PANIC',
    message: expect.stringMatching(/^could not fsync file "\w+": I\/O error$/),
  });
});

test('a statement that is left in the midst of PostgreSQL is the end, too', async () => {
  const deep = `SELECT ${'1 + '.repeat(50_000)} $1::int`;
  const death = await deathBy({ text: deep, values: [1] });
  expect(death).toMatchObject({ cause: expect.any(RangeError) });
});

/** Opens; the sync after so many fails, and all after that. */
async function startAfter(good: number): Promise<Error | undefined> {
  let left = good;
  setSync((file) => {
    left -= 1;
    if (left < 0) fail();
    fsyncSync(file);
  });
  const opened = await open().catch((error: Error) => error);
  setSync(fsyncSync);
  if (opened instanceof Error) return opened;
  await opened.close();
  return undefined;
}

test('a start ends with an error, whichever of its syncs fails first', async () => {
  await (await open()).close();
  const { syncCount, close } = await open();
  const count = syncCount();
  await close();
  // The last are those of the commit that is tried.
  expect(await startAfter(count - 1)).toBeInstanceOf(EmbeddedDeath);
  let failed = 0;
  // In its checkpoints, and in the recovery that each start has to do after the one before.
  for (let good = 1; good < 8192; good *= 2) {
    const error = await startAfter(good);
    if (error === undefined) break;
    expect(error).toMatchObject({ code: 'unavailable' });
    failed += 1;
  }
  expect(failed).toBeGreaterThan(3);
}, 180_000);

test('an end whose last checkpoint does not reach the disk is an error', async () => {
  const { close } = await open();
  setSync(fail);
  await expect(close()).rejects.toThrow('has failed to sync');
});
