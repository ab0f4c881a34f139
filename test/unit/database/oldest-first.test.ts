import { expect, test } from 'vitest';
import { openDatabase } from '../../../src/database/open-database.ts';
import { createLogger } from '../../../src/monitoring/logger.ts';
import { createTestDatabase } from '../../support/test-database.ts';

test('the oldest media and messages are read from the indexes of the newest, backwards', async () => {
  const files = await createTestDatabase();
  const { prisma, close } = await openDatabase(files, createLogger('silent'));
  await prisma.$executeRaw`
    INSERT INTO message (sid, account_sid, "from", "to", body, source, params, received_at)
    SELECT 'MM' || lpad(n::text, 32, '0'), 'AC', '+1', '+2', '', 'webhook', '{}',
      now() - n * interval '1 minute'
    FROM generate_series(1, 20000) n`;
  await prisma.$executeRaw`
    INSERT INTO media (sid, message_sid, account_sid, index, received_at, state, moderation)
    SELECT 'ME' || substr(sid, 3), sid, 'AC', 0, received_at, 'stored',
      (CASE WHEN sid LIKE '%7' THEN 'held' ELSE 'visible' END)::"Moderation"
    FROM message`;
  await prisma.$executeRaw`ANALYZE`;
  const planOf = async (sql: string) => {
    const lines = await prisma.$queryRawUnsafe<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${sql}`);
    return lines.map((line) => line['QUERY PLAN']).join('\n');
  };
  const sid = `MM${'0'.repeat(29)}100`;
  for (const where of [
    `state <> 'deleted'`,
    `state <> 'deleted' AND moderation = 'held'`,
    `state = 'stored' AND received_at >= '2020-01-01' AND
      (received_at > '2020-01-01' OR message_sid > '${sid}')`,
  ]) {
    const plan = await planOf(`SELECT * FROM media WHERE ${where}
      ORDER BY received_at, message_sid, index LIMIT 51`);
    expect(plan).toMatch(/Index Scan Backward/);
    // Only the attachments of one message are put in their order.
    expect(plan.replaceAll(/Incremental Sort|Presorted Key/g, '')).not.toMatch(/->\s+Sort/);
  }
  const messages = await planOf('SELECT * FROM message ORDER BY received_at, sid LIMIT 51');
  expect(messages).toMatch(/Index Scan Backward/);
  expect(messages).not.toContain('Sort');
  await close();
  await files.remove();
});
