import { expect, test } from 'vitest';
import { createByteBudget } from '../../../src/files/byte-budget.ts';

const MIB = 1024 ** 2;
const LARGEST = 100 * MIB;
const { signal } = new AbortController();

/** Whether a promise is fulfilled by now. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  const later = new Promise((resolve) => setImmediate(resolve, 'later'));
  return (await Promise.race([promise, later])) !== 'later';
}

test('small files share 96 MiB, first come, first served', async () => {
  const budget = createByteBudget(LARGEST);
  const shares = await Promise.all(Array.from({ length: 6 }, () => budget.take(16 * MIB, signal)));
  const first = budget.take(16 * MIB, signal);
  const second = budget.take(1, signal);
  expect(await isDone(first)).toBe(false);
  expect(await isDone(second)).toBe(false);
  shares[0]?.release();
  await first;
  expect(await isDone(second)).toBe(false);
  shares[1]?.release();
  await second;
});

test('a large file passes by small ones, and they pass it by', async () => {
  const budget = createByteBudget(LARGEST);
  await Promise.all(Array.from({ length: 6 }, () => budget.take(16 * MIB, signal)));
  const large = await budget.take(LARGEST, signal);
  const waiting = budget.take(17 * MIB, signal);
  expect(await isDone(waiting)).toBe(false);
  expect(budget.waitingLarge()).toBe(1);
  large.release();
  await waiting;
  expect(budget.waitingLarge()).toBe(0);
  const other = createByteBudget(LARGEST);
  await other.take(LARGEST, signal);
  await other.take(5 * MIB, signal);
});

test('the largest file that is allowed always has its turn, also one of unknown size', async () => {
  const budget = createByteBudget(4 * LARGEST);
  const share = await budget.take(null, signal);
  const next = budget.take(4 * LARGEST, signal);
  expect(await isDone(next)).toBe(false);
  // It was smaller than it might have been.
  share.written(10);
  expect(await isDone(next)).toBe(false);
  share.release();
  await next;
});

test('what a file did not need is free once it is written', async () => {
  const budget = createByteBudget(LARGEST);
  const share = await budget.take(null, signal);
  const next = budget.take(50 * MIB, signal);
  expect(await isDone(next)).toBe(false);
  share.written(50 * MIB);
  await next;
});

test('declared bytes are unwritten until they are written or given up', async () => {
  const budget = createByteBudget(LARGEST);
  const [declared, unknown, other] = await Promise.all([
    budget.take(5, signal),
    budget.take(null, signal),
    budget.take(7, signal),
  ]);
  expect(budget.unwritten()).toBe(12);
  declared.written(5);
  expect(budget.unwritten()).toBe(7);
  for (const share of [declared, unknown, other]) share.release();
  other.release();
  expect(budget.unwritten()).toBe(0);
});

test('one that stops waiting leaves its place to the next', async () => {
  const budget = createByteBudget(LARGEST);
  await budget.take(60 * MIB, signal);
  const stopping = new AbortController();
  const stopped = budget.take(80 * MIB, stopping.signal);
  const next = budget.take(20 * MIB, signal);
  expect(await isDone(next)).toBe(false);
  stopping.abort(new Error('stopped'));
  await expect(stopped).rejects.toThrow('stopped');
  await next;
  await expect(budget.take(1, stopping.signal)).rejects.toThrow('stopped');
});
