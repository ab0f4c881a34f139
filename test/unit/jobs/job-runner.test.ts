import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { JobClaim } from '../../../src/jobs/job-list.ts';
import { createJobRunner, type JobRunner } from '../../../src/jobs/job-runner.ts';

interface Waiting {
  id: string;
  priority: number;
}

let waiting: Waiting[];
let fetches: { batchSize: number; minPriority?: number }[];
let completed: string[][];
let failed: string[];
let lost: Set<string>;
let errors: Error[];
let isAway: boolean;
let runner: JobRunner;
let running: Map<string, { claim: JobClaim; signal: AbortSignal; end(error?: Error): void }>;
let boss: Parameters<typeof createJobRunner>[0]['boss'];

beforeEach(() => {
  vi.useFakeTimers();
  [waiting, fetches, completed, failed, errors] = [[], [], [], [], []];
  lost = new Set();
  isAway = false;
  running = new Map();
  const ids = (jobs: unknown) => [jobs].flat().map((job) => (job as Waiting).id);
  boss = {
    async fetch(_name: string, options: { batchSize: number; minPriority?: number }) {
      if (isAway) throw new Error('away');
      const { batchSize, minPriority } = options;
      fetches.push({ batchSize, ...(minPriority === undefined ? {} : { minPriority }) });
      const able = waiting
        .filter(({ priority }) => priority >= (minPriority ?? Number.NEGATIVE_INFINITY))
        .sort((a, b) => b.priority - a.priority)
        .slice(0, batchSize);
      waiting = waiting.filter((job) => !able.includes(job));
      return able.map((job) => ({ ...job, retryCount: 0, data: {} }));
    },
    async complete(_name: string, jobs: unknown) {
      completed.push(ids(jobs));
    },
    async fail(_name: string, jobs: unknown) {
      failed.push(...ids(jobs));
    },
    async touch(_name: string, jobs: unknown) {
      return { settled: ids(jobs).filter((id) => !lost.has(id)) };
    },
  } as unknown as typeof boss;
});
afterEach(async () => {
  for (const { end } of running.values()) end();
  await runner.stop(1);
  vi.useRealTimers();
});

function start(concurrency: number): void {
  runner = createJobRunner({
    boss,
    name: 'fetch-media',
    concurrency,
    leaseSeconds: 20,
    expireInSeconds: 900,
    run: (claim, _data, signal) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) => {
          running.delete(claim.id);
          if (error === undefined) resolve();
          else reject(error);
        };
        running.set(claim.id, { claim, signal, end });
        signal.addEventListener('abort', () => end(signal.reason));
      }),
    untilAnswering: async () => undefined,
    onError: (error) => errors.push(error),
  });
}

async function send(...jobs: [id: string, priority?: number][]): Promise<void> {
  waiting.push(...jobs.map(([id, priority = 0]) => ({ id, priority })));
  runner.wake();
  await vi.advanceTimersByTimeAsync(0);
}

const names = (prefix: string, count: number, priority = 0): [string, number][] =>
  Array.from({ length: count }, (_, n) => [`${prefix}${n}`, priority]);

test.each([1, 2, 3, 8, 16])(
  'of %i at once, all jobs run, each once and never more',
  async (most) => {
    start(most);
    await send(...names('job', 40));
    let seen = 0;
    while (running.size > 0) {
      expect(running.size).toBeLessThanOrEqual(most);
      running.values().next().value?.end();
      seen += 1;
      await vi.advanceTimersByTimeAsync(60);
    }
    expect(seen).toBe(40);
    expect(completed.flat().sort()).toEqual(
      names('job', 40)
        .map(([id]) => id)
        .sort(),
    );
  },
);

test('jobs are taken together, and completed together', async () => {
  start(16);
  await send(...names('job', 30));
  expect(fetches).toEqual([{ batchSize: 12 }, { batchSize: 4 }]);
  for (const { end } of [...running.values()].slice(0, 5)) end();
  await vi.advanceTimersByTimeAsync(0);
  expect(completed.map((ids) => ids.length)).toEqual([1, 4]);
  expect(fetches[2]?.batchSize).toBeGreaterThanOrEqual(4);
  await vi.advanceTimersByTimeAsync(60);
  expect(running.size).toBe(16);
});

test('less urgent jobs leave room, in which an urgent one starts at once', async () => {
  start(16);
  await send(...names('flood', 50, -5));
  await vi.advanceTimersByTimeAsync(200);
  const flood = [...running.keys()];
  expect(flood.length).toBeLessThanOrEqual(16);
  for (const { end } of [...running.values()].slice(0, 6)) end();
  await vi.advanceTimersByTimeAsync(200);
  expect(running.size).toBe(12);
  await send(['urgent', 0]);
  expect([...running.keys()]).toContain('urgent');
});

test('a job whose claim is lost is aborted, and so is one that takes too long', async () => {
  start(2);
  await send(['one'], ['two']);
  lost.add('one');
  await vi.advanceTimersByTimeAsync(5000);
  expect([...running.keys()]).toEqual(['two']);
  expect(failed).toEqual(['one']);
  await vi.advanceTimersByTimeAsync(900_000);
  expect(failed).toEqual(['one', 'two']);
});

test('what fails goes back; what was completed by its handler is not completed again', async () => {
  start(2);
  await send(['one'], ['two']);
  const two = running.get('two');
  if (two !== undefined) two.claim.isCompleted = true;
  two?.end();
  running.get('one')?.end(new Error('no'));
  await vi.advanceTimersByTimeAsync(0);
  expect(failed).toEqual(['one']);
  expect(completed).toEqual([]);
});

test('a completion that fails is tried again, and an error of the queue stalls nothing', async () => {
  start(1);
  const { complete } = boss;
  boss.complete = vi.fn(complete).mockRejectedValueOnce(new Error('away'));
  await send(['one']);
  running.get('one')?.end();
  await vi.advanceTimersByTimeAsync(0);
  expect(completed).toEqual([['one']]);
  isAway = true;
  await send(['two']);
  isAway = false;
  expect(errors.map(({ message }) => message)).toEqual(['away', 'away']);
  runner.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect([...running.keys()]).toEqual(['two']);
});

test('a full database does not make it forget a job: the completion is tried again until it succeeds', async () => {
  start(1);
  const { complete } = boss;
  const refuse = vi.fn().mockRejectedValue(new Error('no space left'));
  boss.complete = refuse;
  await send(['one'], ['two']);
  running.get('one')?.end();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(refuse.mock.calls.length).toBeGreaterThan(5);
  expect([...running.keys()]).toEqual([]);
  boss.complete = complete;
  await vi.advanceTimersByTimeAsync(6000);
  expect(completed).toEqual([['one']]);
  expect([...running.keys()]).toEqual(['two']);
});

test('a job that this process gets again is aborted where it still runs', async () => {
  start(2);
  await send(['one']);
  const before = running.get('one');
  await send(['one']);
  expect(before?.signal.aborted).toBe(true);
  expect(running.get('one')?.signal.aborted).toBe(false);
});

test('at its stop it takes nothing more, and gives back what runs', async () => {
  start(2);
  await send(['one'], ['two'], ['three']);
  await runner.stop(1000);
  runner.wake();
  await vi.advanceTimersByTimeAsync(100);
  expect(failed.sort()).toEqual(['one', 'two']);
  expect(waiting.map(({ id }) => id)).toEqual(['three']);
});
