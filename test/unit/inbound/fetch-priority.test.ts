import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFetchPriority } from '../../../src/inbound/fetch-priority.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const message = (from: string, attachments = 1) => ({
  from,
  source: 'webhook' as const,
  media: Array(attachments),
});

test('the first attachments of every sender are equal, and a flood yields more and more', () => {
  const priority = createFetchPriority();
  const flood: number[] = [];
  for (let n = 0; n < 3000; n += 1) flood.push(priority(message('+15550000001')));
  expect(flood.slice(0, 10)).toEqual(Array(10).fill(0));
  expect(flood[10]).toBe(-1);
  expect(flood[999]).toBe(-99);
  expect(flood.at(-1)).toBe(-100);
  expect(priority(message('+15550000002'))).toBe(0);
});

test('two a second never yield', () => {
  const priority = createFetchPriority();
  for (let n = 0; n < 200; n += 1) {
    expect(priority(message('+15550000001'))).toBe(0);
    vi.advanceTimersByTime(500);
  }
});

test('after a flood a sender is like all others again, some minutes later', () => {
  const priority = createFetchPriority();
  for (let n = 0; n < 3000; n += 1) priority(message('+15550000001'));
  vi.advanceTimersByTime(100_000);
  expect(priority(message('+15550000001'))).toBe(-80);
  vi.advanceTimersByTime(400_000);
  expect(priority(message('+15550000001'))).toBe(0);
});

test('history comes after everything that arrives now', () => {
  expect(createFetchPriority()({ ...message('+15550000001'), source: 'reconcile' })).toBe(-101);
});

test('all attachments of a message are equal, and count', () => {
  const priority = createFetchPriority();
  expect(priority(message('+15550000001', 10))).toBe(0);
  expect(priority(message('+15550000001', 10))).toBe(-1);
  expect(priority(message('+15550000001'))).toBe(-2);
});

test('a transaction that is repeated does not count its messages again', () => {
  const priority = createFetchPriority();
  const repeated = message('+15550000001', 10);
  for (let n = 0; n < 50; n += 1) expect(priority(repeated)).toBe(0);
  expect(priority(message('+15550000001'))).toBe(-1);
});
