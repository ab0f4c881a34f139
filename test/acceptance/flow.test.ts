import { afterAll, beforeAll, expect, test } from 'vitest';
import type { components } from '../../src/client/api-types.d.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { createReadFlow } from '../../src/operating/flow.ts';
import { expectBoundedReads, recordStatements } from '../support/query-plans.ts';
import { seedInbox } from '../support/seed-inbox.ts';
import { smallPicture } from '../support/small-picture.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

type Flow = components['schemas']['Flow'];

const HOUR_MS = 3_600_000;

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

const read = async (query = ''): Promise<Flow> => {
  const { body } = await inbox.api('get', `/api/v1/operations/figures${query}`).expect(200);
  return body;
};

test('24 or 48 whole hours, the current one last', async () => {
  for (const [query, count] of [
    ['', 24],
    ['?hours=48', 48],
  ] as const) {
    const { since, hours } = await read(query);
    expect(hours).toHaveLength(count);
    expect(hours[0]?.at).toBe(since);
    const times = hours.map(({ at }) => Date.parse(at));
    expect(times.every((at) => at % HOUR_MS === 0)).toBe(true);
    expect(times.every((at, place) => at === (times[0] ?? 0) + place * HOUR_MS)).toBe(true);
    expect(Date.now() - (times.at(-1) ?? 0)).toBeLessThan(2 * HOUR_MS);
  }
  await inbox.api('get', '/api/v1/operations/figures?hours=12').expect(400);
});

test('what arrives, is stored and is refused is counted in the hour of its receipt', async () => {
  const attachments = [{ bytes: await smallPicture(1), contentType: 'image/png' }];
  const { message } = await inbox.receive({ attachments });
  await inbox.mediaOf(message.sid, 'stored');
  await inbox.receive({ attachments: [] });
  await inbox.receive({ attachments: [] }, { signature: 'missing' });
  await eventually(async () => {
    const { hours } = await read();
    // The test may pass the end of an hour.
    const sum = (field: 'messages' | 'stored' | 'failed' | 'waiting' | 'refused') =>
      hours.slice(-2).reduce((total, hour) => total + hour[field], 0);
    expect([sum('messages'), sum('stored'), sum('failed'), sum('waiting'), sum('refused')]).toEqual(
      [2, 1, 0, 0, 1],
    );
    const { delay } = hours.findLast(({ stored }) => stored > 0) as Flow['hours'][number];
    expect(delay.p50).toBeGreaterThan(0);
    expect(delay.p95).toBe(delay.p50);
  }, 120_000);
}, 150_000);

test('delays to within 5 %, over several windows; statements are bounded', async () => {
  const files = await createTestDatabase();
  const database = await openDatabase(files, createLogger('silent'));
  try {
    await seedInbox(database, 20_000);
    // Three hours ago, one after the other; the n-th of each hundred was stored after n seconds.
    await database.prisma.$executeRaw`
      UPDATE message SET received_at = date_trunc('hour', now(), 'UTC') - interval '3 hours'
        + make_interval(secs => n / 10.0)
      FROM (SELECT sid, row_number() OVER (ORDER BY sid) - 1 AS n FROM message) AS numbered
      WHERE message.sid = numbered.sid`;
    await database.prisma.$executeRaw`
      UPDATE media SET received_at = message.received_at,
        state = CASE WHEN n % 1000 = 0 THEN 'failed'::"MediaState" ELSE 'stored' END,
        stored_at = CASE WHEN n % 1000 = 0 THEN NULL
          ELSE message.received_at + make_interval(secs => n % 100 + 1) END
      FROM message, (SELECT sid, row_number() OVER (ORDER BY sid) - 1 AS n FROM message) AS numbered
      WHERE message.sid = media.message_sid AND message.sid = numbered.sid`;
    await database.prisma.$executeRaw`ANALYZE media`;
    await database.prisma.$executeRaw`ANALYZE message`;
    const statements = recordStatements();
    const { hours } = await createReadFlow(database)(24);
    await expectBoundedReads(statements.take(), 8000);
    statements.stop();
    const counted = hours.filter(({ messages }) => messages > 0);
    expect(counted).toHaveLength(1);
    expect(counted[0]).toMatchObject({ messages: 20_000, stored: 19_980, failed: 20, waiting: 0 });
    expect(counted[0]?.at).toEqual(hours[20]?.at);
    const { p50, p95 } = counted[0]?.delay ?? {};
    expect(Math.abs((p50 ?? 0) / 50 - 1)).toBeLessThan(0.06);
    expect(Math.abs((p95 ?? 0) / 95 - 1)).toBeLessThan(0.06);
  } finally {
    await database.close();
    await files.remove();
  }
}, 120_000);
