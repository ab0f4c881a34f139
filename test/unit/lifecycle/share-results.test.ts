import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { shareForASecond, shareInProportion } from '../../../src/lifecycle/share-results.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('callers share what is being read, and for a second what was read', async () => {
  let finish = (_value: number) => {};
  const read = vi.fn(() => new Promise<number>((resolve) => (finish = resolve)));
  const shared = shareForASecond(read);
  const asked = [shared(), shared(), shared()];
  // However long it takes.
  await vi.advanceTimersByTimeAsync(5000);
  asked.push(shared());
  finish(1);
  expect(await Promise.all(asked)).toEqual([1, 1, 1, 1]);
  await vi.advanceTimersByTimeAsync(999);
  expect(await shared()).toBe(1);
  expect(read).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  const next = shared();
  finish(2);
  expect(await next).toBe(2);
});

test('a failure is shared by those who wait for it, and nobody else', async () => {
  let reads = 0;
  const shared = shareForASecond(async () => {
    reads += 1;
    if (reads === 1) throw new Error('no');
    return reads;
  });
  const failed = [shared(), shared()];
  for (const one of failed) await expect(one).rejects.toThrow('no');
  expect(await shared()).toBe(2);
});

test('what took long is shared for as many times as long', async () => {
  const read = vi.fn(() => new Promise<void>((resolve) => setTimeout(resolve, 50)));
  const shared = shareInProportion(read, 20);
  const first = shared();
  await vi.advanceTimersByTimeAsync(50);
  await first;
  await vi.advanceTimersByTimeAsync(999);
  await shared();
  expect(read).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  void shared();
  expect(read).toHaveBeenCalledTimes(2);
});

test('a failure that was to be shared in proportion is not shared afterwards', async () => {
  const read = vi.fn(() => Promise.reject(new Error('down')));
  const shared = shareInProportion(read, 20);
  const both = [shared(), shared()];
  for (const one of both) await expect(one).rejects.toThrow('down');
  expect(read).toHaveBeenCalledTimes(1);
  await expect(shared()).rejects.toThrow('down');
  expect(read).toHaveBeenCalledTimes(2);
});
