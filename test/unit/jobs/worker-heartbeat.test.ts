import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { startHeartbeat, workersHealth } from '../../../src/jobs/worker-heartbeat.ts';
import { createLogger } from '../../../src/monitoring/logger.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

const TIME = '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z';
const log = createLogger('silent');

let opened: TestQueue;
let database: Database;
beforeAll(async () => {
  opened = await openTestQueue(log);
  database = opened.database;
});
afterAll(() => opened.close());
beforeEach(() => database.prisma.workerHeartbeat.deleteMany());

/** As one that was killed so many seconds ago left it. */
const lastBeat = (seconds: number) =>
  database.prisma.$executeRaw`
    INSERT INTO worker_heartbeat (id, at) VALUES (1, now() - make_interval(secs => ${seconds}))`;

test('a worker is alive from its start on, also after one that was gone', async () => {
  await lastBeat(3600);
  const end = await startHeartbeat(database, log);
  expect(await workersHealth(database, () => 1000)()).toBeUndefined();
  await end();
  // Nor is it missed at once.
  expect(await workersHealth(database)()).toBeUndefined();
});

test('after 90 seconds without one this is told, with since when', async () => {
  await lastBeat(80);
  expect(await workersHealth(database)()).toBeUndefined();
  await database.prisma.workerHeartbeat.deleteMany();
  await lastBeat(100);
  expect(await workersHealth(database)()).toMatch(
    new RegExp(`^no worker has been alive since ${TIME}; no job waits$`),
  );
});

test('where none ever was, one has 90 seconds to come', async () => {
  expect(await workersHealth(database, () => 80)()).toBeUndefined();
  expect(await workersHealth(database, () => 100)()).toBe('no worker was ever alive; no job waits');
});

test('the oldest job that is due tells since when jobs wait', async () => {
  const inAnHour = new Date(Date.now() + 3_600_000);
  const job = (n: number) => ({ payload: { mediaSid: `ME${String(n).padStart(32, '0')}` } });
  await opened.queue.send(database.prisma, 'fetch-media', [{ ...job(1), startAfter: inAnHour }]);
  await lastBeat(100);
  const health = workersHealth(database);
  expect(await health()).toMatch(/; no job waits$/);
  await opened.queue.send(database.prisma, 'fetch-media', [job(2)]);
  await opened.queue.send(database.prisma, 'preview-media', [job(3)]);
  await database.prisma.$executeRaw`
    UPDATE pgboss.job SET start_after = '2026-01-31T10:00:00Z' WHERE name = 'preview-media'`;
  expect(await health()).toMatch(/; jobs wait since 2026-01-31T10:00:00\.000Z$/);
});

test('a clock that was set back is no worker that is alive', async () => {
  await lastBeat(-3600);
  expect(await workersHealth(database)()).toMatch(/^no worker has been alive since/);
});
