import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { createTurns } from '../../../src/database/periodic-turn.ts';
import { createLogger } from '../../../src/monitoring/logger.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

let opened: TestQueue;
let database: Database;
beforeAll(async () => {
  opened = await openTestQueue(createLogger('silent'));
  database = opened.database;
});
afterAll(() => opened.close());

const HOUR_MS = 3_600_000;

/** As if nobody had begun the task for so long. */
const wait = (name: string, seconds: number) =>
  database.prisma.$executeRaw`
    UPDATE periodic_task SET begun_at = now() - make_interval(secs => ${seconds}) WHERE name = ${name}`;

test('each process has a turn at its start, and then one of them in each interval', async () => {
  const first = createTurns(database, 'listing', HOUR_MS);
  expect(await first()).toBe(true);
  const second = createTurns(database, 'listing', HOUR_MS);
  await wait('listing', 1);
  expect(await second()).toBe(true);
  expect([await first(), await second()]).toEqual([false, false]);
  await wait('listing', 3600);
  expect([await first(), await second()]).toEqual([true, false]);
});

test('of processes that ask at the same time one has the turn', async () => {
  const processes = ['a', 'b', 'c', 'd'].map(() => createTurns(database, 'shared', HOUR_MS));
  for (const isTurn of processes) await isTurn();
  await wait('shared', 3600);
  const turns = await Promise.all(processes.map((isTurn) => isTurn()));
  expect(turns.filter(Boolean)).toHaveLength(1);
});

test('a clock that was set back keeps nobody from a turn', async () => {
  const isTurn = createTurns(database, 'ahead', HOUR_MS);
  expect(await isTurn()).toBe(true);
  await wait('ahead', -86_400);
  expect([await isTurn(), await isTurn()]).toEqual([true, false]);
});

test('tasks of other names have turns of their own', async () => {
  const turns = ['one', 'two'].map((name) => createTurns(database, name, HOUR_MS)());
  expect(await Promise.all(turns)).toEqual([true, true]);
});
