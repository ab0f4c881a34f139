import { afterAll, beforeAll, expect, test } from 'vitest';
import { listRefusals, removeOldRefusals } from '../../../src/inbound/refusals/refused-webhooks.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

let opened: TestQueue;
beforeAll(async () => {
  opened = await openTestQueue();
});
afterAll(() => opened.close());

test('what is older than a week goes, and the oldest of a cause with more than 500', async () => {
  const { prisma } = opened.database;
  await prisma.$executeRaw`
    INSERT INTO refused_webhook (hour, receiver, cause, advice, status, count, first_at, last_at)
    SELECT at, 'a:1', cause, n::text, 403, 1, at, at + make_interval(secs => n)
    FROM (VALUES ('unknown_account', 510), ('signed_differently', 3)) AS causes (cause, size),
      generate_series(1, size) AS n, (SELECT date_trunc('hour', now(), 'UTC') - interval '1 day' AS at) AS time`;
  await prisma.$executeRaw`
    INSERT INTO refused_webhook (hour, receiver, cause, advice, status, count, first_at, last_at)
    SELECT at, 'a:1', 'malformed', '', 400, 1, at, at FROM (SELECT now() - interval '8 days' AS at) AS time`;
  await removeOldRefusals(opened.database);
  const kept = await listRefusals(opened.database, 1000);
  const of = (cause: string) => kept.filter((row) => row.cause === cause);
  expect(of('malformed')).toEqual([]);
  expect(of('signed_differently')).toHaveLength(3);
  expect(of('unknown_account')).toHaveLength(500);
  expect(of('unknown_account').map(({ advice }) => advice)).not.toContain('10.');
  expect(of('unknown_account').map(({ advice }) => advice)).toContain('11.');
});
