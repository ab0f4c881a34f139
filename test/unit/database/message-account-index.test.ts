import { expect, test } from 'vitest';
import { openDatabase } from '../../../src/database/open-database.ts';
import { createLogger } from '../../../src/monitoring/logger.ts';
import { createTestDatabase } from '../../support/test-database.ts';

test("an account's newest messages are read from an index, not picked out of everybody's", async () => {
  const files = await createTestDatabase();
  const { prisma, close } = await openDatabase(files, createLogger('silent'));
  await prisma.$executeRaw`
    INSERT INTO message (sid, account_sid, "from", "to", body, source, params, received_at)
    SELECT 'MM' || lpad(n::text, 32, '0'), 'AC' || n % 5, '+1', '+2', '', 'webhook', '{}',
      now() - n * interval '1 minute'
    FROM generate_series(1, 5000) n`;
  await prisma.$executeRaw`ANALYZE message`;
  const plan = await prisma.$queryRaw<{ 'QUERY PLAN': string }[]>`
    EXPLAIN SELECT * FROM message WHERE account_sid = 'AC3'
    ORDER BY received_at DESC, sid DESC LIMIT 51`;
  const text = plan.map((line) => line['QUERY PLAN']).join('\n');
  expect(text).toMatch(/Index Cond: .*account_sid/);
  expect(text).not.toContain('Sort');
  await close();
  await files.remove();
});
