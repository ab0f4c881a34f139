import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createGroupCommit } from '../../../src/database/group-commit.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function recording(options: { maxSize?: number; delayMs?: (item: number) => number } = {}) {
  const groups: number[][] = [];
  const commits: (() => void)[] = [];
  const commit = createGroupCommit<number, string>(
    async (items) => {
      groups.push([...items]);
      await new Promise<void>((resolve) => commits.push(resolve));
      return items.map((item) => `done ${item}`);
    },
    { concurrency: 1, maxSize: 3, ...options },
  );
  const finish = async () => {
    commits.shift()?.();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { groups, commit, finish };
}

test('an item that is alone is committed at once, and those that arrive meanwhile together', async () => {
  const { groups, commit, finish } = recording();
  const results = [1, 2, 3].map(commit);
  expect(groups).toEqual([[1]]);
  await finish();
  expect(groups).toEqual([[1], [2, 3]]);
  await finish();
  expect(await Promise.all(results)).toEqual(['done 1', 'done 2', 'done 3']);
});

test('items wait for others, also after a commit, and not longer than the first may', async () => {
  const { groups, commit, finish } = recording({ delayMs: () => 50 });
  void commit(1);
  await vi.advanceTimersByTimeAsync(30);
  void commit(2);
  expect(groups).toEqual([]);
  await vi.advanceTimersByTimeAsync(20);
  expect(groups).toEqual([[1, 2]]);
  void commit(3);
  await finish();
  expect(groups).toEqual([[1, 2]]);
  await vi.advanceTimersByTimeAsync(50);
  expect(groups).toEqual([[1, 2], [3]]);
});

test('a full group does not wait, and nobody waits behind an item that must not', async () => {
  const { groups, commit, finish } = recording({ delayMs: (item) => (item > 9 ? 0 : 1000) });
  for (const item of [1, 2, 3]) void commit(item);
  expect(groups).toEqual([[1, 2, 3]]);
  await finish();
  void commit(4);
  expect(groups).toHaveLength(1);
  void commit(10);
  expect(groups).toEqual([
    [1, 2, 3],
    [4, 10],
  ]);
});

test('an outage fails the whole group at once', async () => {
  const write = vi.fn().mockRejectedValue(new Error('the database is away'));
  const commit = createGroupCommit<number, number>(write, {
    concurrency: 1,
    maxSize: 3,
    delayMs: () => 10,
    isOutage: () => true,
  });
  const results = Promise.allSettled([1, 2, 3].map(commit));
  await vi.advanceTimersByTimeAsync(10);
  expect((await results).map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
  expect(write).toHaveBeenCalledOnce();
});

test('when a group fails each of its items is written by itself', async () => {
  const groups: number[][] = [];
  const commit = createGroupCommit<number, number>(
    async (items) => {
      groups.push([...items]);
      if (items.includes(2)) throw new Error('cannot be written');
      return items;
    },
    { concurrency: 1, maxSize: 3, delayMs: () => 10 },
  );
  const results = Promise.allSettled([1, 2, 3].map(commit));
  await vi.advanceTimersByTimeAsync(10);
  expect((await results).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(groups).toEqual([[1, 2, 3], [1], [2], [3]]);
});
