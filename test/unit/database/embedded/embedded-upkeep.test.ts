import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDurablePglite } from '../../../../src/database/embedded/durable-pglite.ts';
import { createEmbeddedPool } from '../../../../src/database/embedded/embedded-pool.ts';
import {
  checkpointIfDue,
  createUpkeepRound,
  type UpkeepDeps,
  vacuumWhatIsDue,
} from '../../../../src/database/embedded/embedded-upkeep.ts';
import { createLogger } from '../../../../src/monitoring/logger.ts';

const MIB = 1024 ** 2;

let folder: string;
let pool: ReturnType<typeof createEmbeddedPool>;
let deps: UpkeepDeps;
let close: () => Promise<void>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-upkeep-'));
  const { pglite } = await openDurablePglite(join(folder, 'database'));
  pool = createEmbeddedPool(pglite, (error) => expect.unreachable(String(error)));
  const log = createLogger('silent');
  deps = { pool, folder, log };
  close = async () => {
    await pool.end();
    await pglite.close();
    await rm(folder, { recursive: true, force: true });
  };
}, 120_000);
afterAll(() => close());

test('the log of the embedded database stays small, however much is written', async () => {
  let checkpoints = 0;
  for (let written = 0; written < 112; written += 4) {
    await pool.query(`SELECT pg_logical_emit_message(true, 'test', repeat('x', ${4 * MIB}))`);
    if (await checkpointIfDue(deps)) checkpoints += 1;
  }
  expect(checkpoints).toBeGreaterThan(2);
  expect(await checkpointIfDue(deps)).toBe(false);
  const files = await readdir(join(folder, 'database', 'pg_wal'));
  expect(files.filter((name) => /^[0-9A-F]{24}$/.test(name)).length).toBeLessThan(6);
}, 120_000);

const going = new AbortController().signal;
const vacuum = () => vacuumWhatIsDue(deps, going);

// What was counted is told no sooner than a second after the last time.
const vacuumAtOnce = async () => {
  await pool.query('SELECT pg_stat_force_next_flush()');
  return vacuum();
};

test('tables that have changed are looked through, of deleted rows the room is used again', async () => {
  await pool.query('CREATE TABLE "a Table" (id int PRIMARY KEY, body text)');
  expect(await vacuum()).toEqual([]);
  const fill = () =>
    pool.query(`INSERT INTO "a Table" SELECT n, repeat('x', 500) FROM generate_series(1, 1000) n`);
  await fill();
  expect(await vacuumAtOnce()).toEqual(['"a Table"']);
  expect(await vacuumAtOnce()).toEqual([]);
  const { rows: known } = await pool.query(
    `SELECT reltuples FROM pg_class WHERE relname = 'a Table'`,
  );
  expect(known).toEqual([{ reltuples: 1000 }]);

  const size = async () => {
    const { rows } = await pool.query(`SELECT pg_relation_size('"a Table"')::int AS bytes`);
    return rows[0].bytes;
  };
  const before = await size();
  for (let n = 0; n < 5; n += 1) {
    await pool.query('DELETE FROM "a Table"');
    expect(await vacuumAtOnce()).toEqual(['"a Table"']);
    await fill();
  }
  expect(await size()).toBeLessThan(1.5 * before);
});

test('the keys of deleted rows do not stay in the indexes', async () => {
  await vacuumAtOnce();
  await pool.query('CREATE TABLE churned (id int PRIMARY KEY, body text)');
  const size = async () => {
    const { rows } = await pool.query(`SELECT pg_relation_size('churned_pkey')::int AS bytes`);
    return rows[0].bytes;
  };
  const insertFrom = (id: number) =>
    pool.query(`INSERT INTO churned SELECT n, '' FROM generate_series($1::int, $1 + 999) n`, [id]);
  await insertFrom(0);
  const before = await size();
  for (let id = 1000; id <= 8000; id += 1000) {
    await insertFrom(id);
    await pool.query('DELETE FROM churned WHERE id < $1', [id]);
    expect(await vacuumAtOnce()).toEqual(['churned']);
  }
  expect(await size()).toBeLessThan(4 * before);
});

test('what fails is said once, and so is that it works again', async () => {
  const lines: string[] = [];
  const log = pino(new Writable({ write: (line, _, done) => done(void lines.push(String(line))) }));
  const round = createUpkeepRound({ ...deps, log });
  const told = () =>
    lines
      .splice(0)
      .map((line) => JSON.parse(line))
      .map(({ level, msg }) => [level, msg]);
  const inOrder = async (...names: [string, string]) => {
    for (const name of ['pg_control_checkpoint()', 'pg_total_relation_size(regclass)']) {
      const [from, to] = names.map((prefix) => prefix + name.split('(')[0]);
      await pool.query(`ALTER FUNCTION pg_catalog.${from}(${name.split('(')[1]} RENAME TO ${to}`);
    }
  };

  await round(going);
  expect(told()).toEqual([]);
  for (const _ of [1, 2]) {
    await inOrder('', 'no_');
    for (let looks = 0; looks < 3; looks += 1) await round(going);
    expect(told()).toEqual([
      [50, expect.stringContaining('no longer writes checkpoints')],
      [50, expect.stringContaining('no longer clears its tables')],
    ]);
    await inOrder('no_', '');
    for (let looks = 0; looks < 3; looks += 1) await round(going);
    expect(told()).toEqual([
      [30, expect.stringContaining('writes checkpoints again')],
      [30, expect.stringContaining('clears its tables again')],
    ]);
  }
});

test('a table is not cleared where its log might find no room, others are looked through', async () => {
  await pool.query('CREATE TABLE littered (id int)');
  await pool.query('CREATE TABLE zchanged (id int)');
  await pool.query('INSERT INTO littered SELECT generate_series(1, 500)');
  await pool.query('DELETE FROM littered');
  await pool.query('INSERT INTO zchanged SELECT generate_series(1, 500)');
  await pool.query('SELECT pg_stat_force_next_flush()');
  // Nothing tells how much room there is where there is no folder.
  const nowhere = join(folder, 'nowhere');
  await expect(vacuumWhatIsDue({ ...deps, folder: nowhere }, going)).rejects.toMatchObject({
    code: 'ENOENT',
  });
  expect(await vacuumWhatIsDue(deps, going)).toEqual(['littered']);
});
