import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDurablePglite } from '../../../src/storage/durable-pglite.ts';
import { checkpointIfDue } from '../../../src/storage/embedded-checkpoints.ts';
import { createEmbeddedPool } from '../../../src/storage/embedded-pool.ts';

const MIB = 1024 ** 2;

test('the log of the embedded database stays small, however much is written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-checkpoints-'));
  const { pglite } = await openDurablePglite(join(folder, 'database'));
  const pool = createEmbeddedPool(pglite, (error) => expect.unreachable(String(error)));
  try {
    let checkpoints = 0;
    for (let written = 0; written < 112; written += 4) {
      await pool.query(`SELECT pg_logical_emit_message(true, 'test', repeat('x', ${4 * MIB}))`);
      if (await checkpointIfDue(pool)) checkpoints += 1;
    }
    expect(checkpoints).toBeGreaterThan(2);
    expect(await checkpointIfDue(pool)).toBe(false);
    const files = await readdir(join(folder, 'database', 'pg_wal'));
    expect(files.filter((name) => /^[0-9A-F]{24}$/.test(name)).length).toBeLessThan(6);
  } finally {
    await pool.end();
    await pglite.close();
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);
