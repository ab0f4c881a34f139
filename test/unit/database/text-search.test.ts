import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { openDatabase } from '../../../src/database/open-database.ts';
import { findRareWords } from '../../../src/database/text-search.ts';
import { createLogger } from '../../../src/monitoring/logger.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let files: TestDatabase;
let database: Database;
beforeAll(async () => {
  files = await createTestDatabase();
  database = await openDatabase(files, createLogger('silent'));
  const row = (sid: string, body: string) => {
    const [from, to] = ['+15550000001', '+15550000002'];
    const [source, receivedAt] = ['import' as const, new Date()];
    return { sid, accountSid: 'AC', from, to, body, source, params: {}, receivedAt };
  };
  await database.prisma.message.createMany({
    data: [
      row('MM-needle', 'A needle, in hay and straw, ok'),
      ...Array.from({ length: 50 }, (_, n) => row(`MM-${n}`, 'Hay and straw')),
    ],
  });
});
afterAll(async () => {
  await database.close();
  await files.remove();
});

test.each([
  [['needle'], ['MM-needle']],
  [['NEEDLE', 'hay'], ['MM-needle']],
  [['eedl', 'ok'], ['MM-needle']],
  [['needles'], []],
  [['hay', 'zz'], []],
])('%j are rare: the index has %j', async (words, sids) => {
  expect(await findRareWords(database.prisma, words)).toEqual(sids);
});

test.each([[['hay']], [['straw', 'an']], [['ok']], [[':-)']]])(
  '%j are left to windows: frequent, or without three letters',
  async (words) => {
    expect(await findRareWords(database.prisma, words)).toBeNull();
  },
);
