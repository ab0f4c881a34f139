import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALL_WORK } from '../../../src/auth/api-keys.ts';
import type { Database } from '../../../src/database/database.ts';
import { openDatabase } from '../../../src/database/open-database.ts';
import { createClaims } from '../../../src/desk/claims.ts';
import { createLogger } from '../../../src/monitoring/logger.ts';
import { addMedia } from '../../support/add-media.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let folder: TestDatabase;
let database: Database;
beforeAll(async () => {
  folder = await createTestDatabase();
  database = await openDatabase(folder, createLogger('silent'));
});
afterAll(async () => {
  await database.close();
  await folder.remove();
});

const ADA = { name: 'ada', isAdmin: false, sessionId: null, keyId: null, work: ALL_WORK };

test.each([
  ['released', false],
  ['skipped', true],
] as const)(
  '%s by several at once: by one, and the others get a conflict',
  async (_, isSkipped) => {
    const claims = createClaims(database, 120);
    await addMedia(database, { moderation: 'held', state: 'stored' });
    const claim = await claims.next({ queue: 'held' }, ADA);
    const ends = await Promise.allSettled(
      Array.from({ length: 4 }, () => claims.release(claim?.id ?? '', isSkipped, ADA)),
    );
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const end of ends) {
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'conflict' });
    }
  },
);
