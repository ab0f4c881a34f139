import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { repeatTask } from '../../../src/lifecycle/repeat-task.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('tasks are done now, in their order, and again at their intervals', async () => {
  const done: string[] = [];
  const task = (name: string) => async () => void done.push(name);
  const end = repeatTask(
    { task: task('rare'), everyMs: 5000 },
    { task: task('often'), everyMs: 2000 },
  );
  await vi.advanceTimersByTimeAsync(0);
  expect(done).toEqual(['rare', 'often']);
  await vi.advanceTimersByTimeAsync(5000);
  expect(done).toEqual(['rare', 'often', 'often', 'often', 'rare']);
  await end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(done).toHaveLength(5);
});

test('none begins while another is under way, and the end waits for it and begins no more', async () => {
  const begun: string[] = [];
  let finish = () => {};
  let ending: AbortSignal | undefined;
  const end = repeatTask(
    {
      everyMs: 1000,
      task(signal) {
        begun.push('long');
        ending = signal;
        return new Promise((done) => {
          finish = done;
        });
      },
    },
    { everyMs: 1000, task: async () => void begun.push('short') },
  );
  await vi.advanceTimersByTimeAsync(3500);
  expect(begun).toEqual(['long']);
  let isEnded = false;
  const ended = end().then(() => {
    isEnded = true;
  });
  await vi.advanceTimersByTimeAsync(0);
  expect([ending?.aborted, isEnded]).toEqual([true, false]);
  finish();
  await ended;
  expect(begun).toEqual(['long']);
});
