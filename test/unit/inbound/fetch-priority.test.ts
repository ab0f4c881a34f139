import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFetchPriority } from '../../../src/inbound/fetch-priority.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const message = (from: string) => ({ from, source: 'webhook' as const });

test('the first attachments of every sender are equal, and a flood yields more and more', async () => {
  const priority = createFetchPriority();
  const flood: number[] = [];
  for (let n = 0; n < 3000; n += 1) flood.push(await priority(message('+15550000001')));
  expect(flood.slice(0, 20)).toEqual(Array(20).fill(0));
  expect(flood[20]).toBe(-1);
  expect(flood[999]).toBe(-49);
  expect(flood.at(-1)).toBe(-100);
  expect(await priority(message('+15550000002'))).toBe(0);
});

test('a minute later a sender is like all others again', async () => {
  const priority = createFetchPriority();
  for (let n = 0; n < 100; n += 1) await priority(message('+15550000001'));
  await vi.advanceTimersByTimeAsync(61_000);
  expect(await priority(message('+15550000001'))).toBe(0);
});

test('history comes after everything that arrives now', async () => {
  expect(await createFetchPriority()({ from: '+15550000001', source: 'reconcile' })).toBe(-101);
});
