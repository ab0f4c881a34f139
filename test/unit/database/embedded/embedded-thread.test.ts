import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BusyState, watchSession } from '../../../../src/database/busy-state.ts';
import { EmbeddedDeath } from '../../../../src/database/embedded/embedded-death.ts';
import { createEmbeddedPool } from '../../../../src/database/embedded/embedded-pool.ts';
import { runMaintenance } from '../../../../src/database/embedded/embedded-purge.ts';
import {
  type EmbeddedThread,
  openEmbeddedThread,
} from '../../../../src/database/embedded/embedded-thread.ts';
import { MAX_BYTES } from '../../../../src/database/embedded/shared-channel.ts';

let folder: string;
let thread: EmbeddedThread;
let pool: pg.Pool;
let busy: BusyState;
let deaths: unknown[];
/** How long statements took that kept the database busy. */
let held: number[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-thread-'));
  thread = await openEmbeddedThread(join(folder, 'database'));
  [deaths, held] = [[], []];
  const session = watchSession(thread, (ms) => held.push(ms));
  busy = session.busy;
  pool = createEmbeddedPool(session, (error) => deaths.push(error));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

// It lasts until a file is gone.
const HOLD = 'hold';
const HELD = `DO $$ BEGIN
  WHILE (pg_stat_file('${HOLD}', true)).size IS NOT NULL LOOP END LOOP;
END $$`;
const hold = () => writeFile(join(folder, 'database', HOLD), '');
const letGo = () => rm(join(folder, 'database', HOLD));

test('the event loop goes on while a statement runs', async () => {
  await hold();
  const statement = pool.query(HELD);
  let turns = 0;
  while (turns < 1000) {
    await new Promise((turn) => setImmediate(turn));
    turns += 1;
  }
  expect(await Promise.race([statement, 'still running'])).toBe('still running');
  await letGo();
  await statement;
});

test.each([0, 1, MAX_BYTES - 100, MAX_BYTES, 3 * MAX_BYTES + 1])(
  'texts of %i characters go there and come back',
  async (length) => {
    const text = 'aé'.repeat(length).slice(0, length);
    const { rows } = await pool.query('SELECT $1::text AS text, $2::int AS n', [text, length]);
    expect(rows).toEqual([{ text, n: length }]);
  },
);

test('answers of many rows come whole', async () => {
  const { rows } = await pool.query('SELECT n FROM generate_series(1, 100000) n');
  expect(rows).toHaveLength(100_000);
  expect(rows.at(-1)).toEqual({ n: 100_000 });
});

test('a statement that fails tells why, and the next one works', async () => {
  await expect(pool.query('SELECT nothing_of_this_name')).rejects.toMatchObject({ code: '42703' });
  await expect(pool.query('SELECT 1 / 0')).rejects.toMatchObject({ code: '22012' });
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('a statement that takes long makes the database busy, and others have a turn behind it', async () => {
  const { signal } = new AbortController();
  await pool.query('SELECT 1');
  expect(busy.isBusy()).toBe(false);
  held = [];

  await hold();
  const order: string[] = [];
  const maintenance = runMaintenance(pool, HELD).then(() => order.push('maintenance'));
  await busy.whenBusy(signal);
  expect(busy.isBusy()).toBe(true);
  const reader = pool.query('SELECT 1').then(() => order.push('reader'));
  await letGo();
  await busy.whenFree(signal);
  expect(busy.isBusy()).toBe(false);
  expect(held).toEqual([expect.any(Number)]);
  await Promise.all([reader, maintenance]);
  expect(order).toEqual(['reader', 'maintenance']);

  await expect(runMaintenance(pool, 'VACUUM no_table')).rejects.toMatchObject({ code: '42P01' });
});

test('a commit that takes long does not count: the spool has the same disk', async () => {
  let release = () => {};
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  const watched = watchSession({ ...thread, execProtocolRawStream: () => slow }, () => undefined);
  const query = (text: string) =>
    watched.execProtocolRawStream(Buffer.from(`Q\0\0\0\x0b${text}\0`), {
      onRawData: () => undefined,
    });
  const commit = query('COMMIT');
  const other = query('SELECT');
  await watched.busy.whenBusy(new AbortController().signal);
  release();
  await Promise.all([commit, other]);
  expect(watched.busy.isBusy()).toBe(false);
});

test('a start that fails says why', async () => {
  const other = join(folder, 'other');
  await mkdir(join(other, 'global'), { recursive: true });
  await writeFile(join(other, 'global', 'pg_control'), '');
  await expect(openEmbeddedThread(other)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('has a database without PG_VERSION'),
  });
});

test('the end of the database is told, and whatever is asked afterwards fails', async () => {
  const deep = `SELECT ${'1 + '.repeat(50_000)} $1::int`;
  await expect(pool.query(deep, [1])).rejects.toThrow(EmbeddedDeath);
  expect(deaths).toMatchObject([{ name: 'EmbeddedDeath', cause: { message: /stack/ } }]);
  const next = thread.execProtocolRawStream(Buffer.from('Q\0\0\0\x04'), {
    onRawData: () => undefined,
  });
  await expect(next).rejects.toThrow(EmbeddedDeath);
});
