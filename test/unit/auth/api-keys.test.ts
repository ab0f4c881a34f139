import { expect, test, vi } from 'vitest';
import { createApiKeys } from '../../../src/auth/api-keys.ts';
import type { Database } from '../../../src/database/database.ts';

const secretOf = (n: number) => `mmsi_${String(n).padStart(43, '0')}`;

function keysOn() {
  const findMany = vi.fn(async (_query: { where: { secretHash: { in: string[] } } }) => []);
  const database = { prisma: { apiKey: { findMany } } } as unknown as Database;
  return { findMany, keys: createApiKeys(database, 'the-admin-key') };
}

test.each(['', 'x', 'the-admin-kex', 'x'.repeat(100), `${secretOf(1)}x`, secretOf(1).slice(1)])(
  'what cannot be a secret of ours is refused without the database: %s',
  async (secret) => {
    const { findMany, keys } = keysOn();
    expect(await keys.authenticate(secret)).toBeNull();
    expect(findMany).not.toHaveBeenCalled();
  },
);

test('a hundred wrong secrets at once are one question to the database', async () => {
  const { findMany, keys } = keysOn();
  const secrets = Array.from({ length: 100 }, (_, n) => secretOf(n));
  const callers = await Promise.all(secrets.map((secret) => keys.authenticate(secret)));
  expect(new Set(callers)).toEqual(new Set([null]));
  expect(findMany).toHaveBeenCalledTimes(1);
  expect(findMany.mock.calls[0]?.[0].where.secretHash.in).toHaveLength(100);
});
