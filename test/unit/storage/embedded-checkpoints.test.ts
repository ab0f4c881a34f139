import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDurablePglite } from '../../../src/storage/durable-pglite.ts';
import {
  checkpointIfDue,
  createCheckpointRound,
} from '../../../src/storage/embedded-checkpoints.ts';
import { createEmbeddedPool } from '../../../src/storage/embedded-pool.ts';

const MIB = 1024 ** 2;

let folder: string;
let pool: ReturnType<typeof createEmbeddedPool>;
let close: () => Promise<void>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-checkpoints-'));
  const { pglite } = await openDurablePglite(join(folder, 'database'));
  pool = createEmbeddedPool(pglite, (error) => expect.unreachable(String(error)));
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
    if (await checkpointIfDue(pool)) checkpoints += 1;
  }
  expect(checkpoints).toBeGreaterThan(2);
  expect(await checkpointIfDue(pool)).toBe(false);
  const files = await readdir(join(folder, 'database', 'pg_wal'));
  expect(files.filter((name) => /^[0-9A-F]{24}$/.test(name)).length).toBeLessThan(6);
}, 120_000);

test('that they fail is said once, and so is that they work again', async () => {
  const lines: string[] = [];
  const log = pino(new Writable({ write: (line, _, done) => done(void lines.push(String(line))) }));
  const round = createCheckpointRound(pool, log);
  const rename = (from: string, to: string) =>
    pool.query(`ALTER FUNCTION pg_catalog.${from}() RENAME TO ${to}`);
  const told = () => lines.map((line) => JSON.parse(line)).map(({ level, msg }) => [level, msg]);
  const fails = [50, expect.stringContaining('writes no checkpoints')];
  const works = [30, expect.stringContaining('writes checkpoints again')];

  await round();
  expect(told()).toEqual([]);
  for (const times of [1, 2]) {
    await rename('pg_control_checkpoint', 'out_of_order');
    for (let looks = 0; looks < 3; looks += 1) await round();
    await rename('out_of_order', 'pg_control_checkpoint');
    for (let looks = 0; looks < 3; looks += 1) await round();
    expect(told()).toEqual(Array.from({ length: times }, () => [fails, works]).flat());
  }
});
