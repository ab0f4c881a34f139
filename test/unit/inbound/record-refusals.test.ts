import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { createRefusalRecorder } from '../../../src/inbound/refusals/record-refusals.ts';

afterEach(() => vi.useRealTimers());

/** A database that notes the rows of each statement. */
function fakeDatabase(failures = 0) {
  const writes: { cause: string; advice: string; count: number }[][] = [];
  let left = failures;
  const database = {
    prisma: {
      async $executeRaw(_text: unknown, ...values: string[]) {
        left -= 1;
        if (left >= 0) throw new Error('no room');
        writes.push(JSON.parse(values.find((value) => value.startsWith('[')) ?? '[]'));
      },
    },
  } as unknown as Database;
  return { database, writes };
}

const log = pino({ enabled: false });

test('ten thousand refusals are one statement of a few rows', async () => {
  vi.useFakeTimers();
  const { database, writes } = fakeDatabase();
  const { note, stop } = createRefusalRecorder({ database, log });
  for (let sent = 0; sent < 10_000; sent += 1) {
    note({ cause: 'unknown_account', status: 403, advice: `no token of ${sent}` });
    note({ cause: 'not_examined', status: 403 });
  }
  expect(writes).toEqual([]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(writes).toHaveLength(1);
  expect(writes[0]).toHaveLength(12);
  expect(writes[0]?.reduce((sum, { count }) => sum + count, 0)).toBe(20_000);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(writes, 'nothing is written without refusals').toHaveLength(1);
  await stop();
});

test('what could not be written is added to the next statement, at the latest at the stop', async () => {
  vi.useFakeTimers();
  const { database, writes } = fakeDatabase(1);
  const { note, stop } = createRefusalRecorder({ database, log });
  note({ cause: 'malformed', status: 400 });
  await vi.advanceTimersByTimeAsync(2000);
  expect(writes).toEqual([]);
  note({ cause: 'malformed', status: 400 });
  await stop();
  expect(writes).toMatchObject([[{ cause: 'malformed', count: 2 }]]);
});

test('phone numbers in advice are masked, and long advice is cut', async () => {
  const { database, writes } = fakeDatabase();
  const { note, stop } = createRefusalRecorder({ database, log });
  note({ cause: 'wrong_signature', status: 403, advice: `+14155550188 ${'x'.repeat(5000)}` });
  await stop();
  expect(writes[0]?.[0]?.advice).toMatch(/^\+\*{9}88 x{500,590}$/);
});
