import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { wakeForDueJobs } from '../../../src/jobs/pg-boss-tables.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Its first question stays without an answer, as on a connection that was cut off without a word. */
function start() {
  const never = new Promise<never>(() => undefined);
  const executeSql = vi
    .fn()
    .mockReturnValueOnce(never)
    .mockResolvedValue({ rows: [{ name: 'fetch-media' }] });
  const woken: string[] = [];
  const errors: string[] = [];
  const end = wakeForDueJobs({
    db: { executeSql },
    names: ['fetch-media'],
    everyMs: 500,
    wake: (name) => woken.push(name),
    onError: ({ message }) => errors.push(message),
  });
  return { woken, errors, end };
}

test('a question without an answer is given up, and the next one finds what is due', async () => {
  const { woken, errors, end } = start();
  await vi.advanceTimersByTimeAsync(6500);
  expect(errors).toEqual([expect.stringContaining('query for due jobs timed out after 5 s')]);
  expect(woken).toContain('fetch-media');
  await end();
});

test('it ends although a question has no answer', async () => {
  const { woken, end } = start();
  await vi.advanceTimersByTimeAsync(600);
  const ended = vi.fn();
  void end().then(ended);
  await vi.advanceTimersByTimeAsync(5000);
  expect(ended).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(5000);
  expect(woken).toEqual([]);
});
