import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openMessageSpool } from '../../../src/inbound/spool/message-spool.ts';

const synced = vi.hoisted(() => [] as string[]);
// Only a power cut would show it otherwise.
vi.mock(import('../../../src/storage/sync-path.ts'), async (original) => {
  const { syncPath } = await original();
  return {
    async syncPath(path) {
      await syncPath(path);
      synced.push(path);
    },
  };
});

test('the entry of a new spool in its parent is synced', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'mms-inbox-spool-'));
  try {
    await openMessageSpool(join(parent, 'spool'), 1000);
    expect(synced).toContain(parent);
  } finally {
    await rm(parent, { recursive: true });
  }
});
