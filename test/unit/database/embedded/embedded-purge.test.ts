import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDurablePglite } from '../../../../src/database/embedded/durable-pglite.ts';
import { createEmbeddedPool } from '../../../../src/database/embedded/embedded-pool.ts';
import { purgeFiles } from '../../../../src/database/embedded/embedded-purge.ts';
import { applyMigrations } from '../../../../src/database/migrations/apply-migrations.ts';
import { findBytes } from '../../../support/find-bytes.ts';

test('a purge is not begun where a table finds no room, nor when it is to end, and then it is done', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-purge-'));
  const { pglite, close } = await openDurablePglite(join(folder, 'database'));
  const pool = createEmbeddedPool(pglite, (error) => expect.unreachable(String(error)));
  try {
    await applyMigrations(pool);
    await pool.query(
      `INSERT INTO sender (id, note, updated_by, updated_at)
      SELECT n::text, 'told in private', 'test', now() FROM generate_series(1, 50) n`,
    );
    await pool.query('CHECKPOINT');
    await pool.query('DELETE FROM sender');
    const going = new AbortController();
    const purge = (at: string, signal: AbortSignal) => purgeFiles({ pool, folder: at, signal });
    // Nothing tells how much room there is where there is no folder.
    const nowhere = join(folder, 'nowhere');
    await expect(purge(nowhere, going.signal)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(purge(folder, AbortSignal.abort())).rejects.toThrow('aborted');

    const needle = Buffer.from('told in private');
    expect(await findBytes(folder, needle)).not.toEqual([]);
    await purge(folder, going.signal);
    expect(await findBytes(folder, needle)).toEqual([]);
  } finally {
    await pool.end();
    await close();
    await rm(folder, { recursive: true, force: true });
  }
});
