import { pino } from 'pino';
import { beforeEach, expect, test, vi } from 'vitest';
import { createLoggedTask } from '../../../src/database/logged-task.ts';
import { createErrorLog, createSharedOutageLog } from '../../../src/monitoring/outage-log.ts';

const lines: Record<string, unknown>[] = [];
const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
beforeEach(() => void lines.splice(0));

const BEGINS = 'the database cannot be reached: it is tried again until it answers';
const ENDS = 'the database answers again';

test('answers on some connections do not hide that others fail', () => {
  const createPart = createSharedOutageLog('the database', log);
  const [pool, queue] = [createPart('pool'), createPart('queue')];
  for (let n = 0; n < 5; n += 1) {
    queue.failed('ECONNREFUSED');
    pool.answered();
  }
  expect(lines).toMatchObject([
    { level: 50, msg: BEGINS, connections: 'queue', problem: 'ECONNREFUSED' },
  ]);
  expect([pool.isOut(), queue.isOut()]).toEqual([true, true]);
  queue.answered();
  expect(lines.slice(1)).toMatchObject([{ level: 40, msg: ENDS, failures: 5 }]);
  expect(pool.isOut()).toBe(false);
});

test('an outage of all connections is one line, and is over once all answer', () => {
  const createPart = createSharedOutageLog('the database', log);
  const [pool, queue] = [createPart('pool'), createPart('queue')];
  for (let n = 0; n < 5; n += 1) {
    pool.failed('ECONNREFUSED');
    queue.failed('ECONNREFUSED');
  }
  expect(lines.map(({ msg }) => msg)).toEqual([BEGINS]);
  pool.answered();
  expect(lines.map(({ msg }) => msg)).toEqual([BEGINS]);
  queue.answered();
  pool.answered();
  expect(lines.map(({ msg }) => msg)).toEqual([BEGINS, ENDS]);
});

test('one failure now and then is no outage', () => {
  const createPart = createSharedOutageLog('the database', log);
  const [pool, queue] = [createPart('pool'), createPart('queue')];
  for (let n = 0; n < 9; n += 1) {
    for (const part of [pool, queue]) {
      part.failed('ECONNRESET');
      part.failed('ECONNRESET');
      part.answered();
    }
  }
  expect(lines).toEqual([]);
});

test('a repeated task logs when it begins to fail, with the stack, and when it works again', async () => {
  let failure: Error | undefined;
  const task = createLoggedTask(log, { begins: 'it fails', ends: 'it works again' }, async () => {
    if (failure !== undefined) throw failure;
  });
  const { signal } = new AbortController();
  await task(signal);
  failure = new TypeError('a bug');
  for (let n = 0; n < 5; n += 1) await task(signal);
  failure = new Error('Connection terminated unexpectedly');
  await task(signal);
  failure = undefined;
  for (let n = 0; n < 5; n += 1) await task(signal);
  expect(lines).toMatchObject([
    { level: 50, msg: 'it fails', err: { message: 'a bug', stack: expect.any(String) } },
    { level: 40, msg: 'it works again', failures: 5 },
  ]);
});

test('an outage of the database, and the end of the process, are no fault of a repeated task', async () => {
  const failure = new Error('Connection terminated unexpectedly');
  const words = { begins: 'it fails', ends: 'it works again' };
  const task = createLoggedTask(log, words, () => Promise.reject(failure));
  await task(new AbortController().signal);
  const bug = createLoggedTask(log, words, () => Promise.reject(new TypeError('a bug')));
  await bug(AbortSignal.abort());
  expect(lines).toEqual([]);
});

test('errors without successes are over when none came for a while', () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  try {
    const errors = createErrorLog(log, { begins: 'it fails', ends: 'it is quiet' }, 30_000);
    for (let n = 0; n < 100; n += 1) {
      errors.failed(new Error('no room'));
      vi.advanceTimersByTime(20_000);
    }
    expect(errors.isOut()).toBe(true);
    expect(lines).toMatchObject([{ level: 50, msg: 'it fails', err: { message: 'no room' } }]);
    vi.advanceTimersByTime(10_000);
    expect(errors.isOut()).toBe(false);
    expect(lines.slice(1)).toMatchObject([
      { level: 40, msg: 'it is quiet', failures: 100, seconds: 2010 },
    ]);
    errors.failed(new Error('again'));
    expect(lines.slice(2)).toMatchObject([{ level: 50, msg: 'it fails' }]);
  } finally {
    vi.useRealTimers();
  }
});
