import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { readWorkers, workersHealth } from '../../../src/jobs/worker-health.ts';
import { removeEndedWorkers, startHeartbeat } from '../../../src/jobs/worker-heartbeat.ts';
import { createLogger } from '../../../src/monitoring/logger.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

const TIME = '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z';
const log = createLogger('silent');
const lockName = () => 'lock of this process';
// Of a process that has run for long.
const uptime = () => 1000;

let opened: TestQueue;
let database: Database;
beforeAll(async () => {
  opened = await openTestQueue(log);
  database = opened.database;
});
afterAll(() => opened.close());
beforeEach(async () => {
  await database.prisma.workerHeartbeat.deleteMany();
  await database.prisma.workerProcess.deleteMany();
  await database.prisma.$executeRaw`DELETE FROM pgboss.job`;
});

/** As one that was killed so many seconds ago left it. */
async function lastBeat(seconds: number, { name = 'host:1', lock = 'free lock' } = {}) {
  await database.prisma.$executeRaw`
    INSERT INTO worker_heartbeat (id, at) VALUES (1, now() - make_interval(secs => ${seconds}))
    ON CONFLICT (id) DO UPDATE SET at = greatest(worker_heartbeat.at, excluded.at)`;
  await database.prisma.$executeRaw`
    INSERT INTO worker_process (id, name, lock_name, seen_at)
    VALUES (${randomUUID()}, ${name}, ${lock}, now() - make_interval(secs => ${seconds}))`;
}

const workers = (uptimeSeconds = uptime) => workersHealth(database, uptimeSeconds).workers();
const jobs = (uptimeSeconds = uptime) => workersHealth(database, uptimeSeconds).jobs();

test('a worker is alive from its start on, also after one that was gone', async () => {
  await lastBeat(3600);
  const end = await startHeartbeat(database, lockName, log);
  expect(await workers()).toBeUndefined();
  expect(await readWorkers(database)).toMatchObject({ alive: 1, hanging: [] });
  await end();
  // Nor is it missed at once.
  expect(await workers()).toBeUndefined();
});

test('workers are counted one by one; one that stops is not any more', async () => {
  const ends = [
    await startHeartbeat(database, lockName, log),
    await startHeartbeat(database, lockName, log),
  ];
  expect(await readWorkers(database)).toMatchObject({ alive: 2, hanging: [] });
  await ends[0]?.();
  expect(await readWorkers(database)).toMatchObject({ alive: 1, hanging: [] });
  await ends[1]?.();
  expect(await readWorkers(database)).toMatchObject({ alive: 0, hanging: [] });
});

test('after a minute without one this is told, with since when', async () => {
  await lastBeat(50);
  expect(await workers()).toBeUndefined();
  await database.prisma.workerHeartbeat.deleteMany();
  await lastBeat(70);
  expect(await workers()).toMatch(
    new RegExp(`^no worker has been alive since ${TIME}; no job waits$`),
  );
});

test('where none ever was, one has a minute to come', async () => {
  expect(await workers(() => 50)).toBeUndefined();
  expect(await workers(() => 70)).toBe('no worker was ever alive; no job waits');
});

test('the oldest job that is due tells since when jobs wait', async () => {
  const inAnHour = new Date(Date.now() + 3_600_000);
  const job = (n: number) => ({ payload: { mediaSid: `ME${String(n).padStart(32, '0')}` } });
  await opened.queue.send(database.prisma, 'fetch-media', [{ ...job(1), startAfter: inAnHour }]);
  await lastBeat(100);
  expect(await workers()).toMatch(/; no job waits$/);
  await opened.queue.send(database.prisma, 'fetch-media', [job(2)]);
  await opened.queue.send(database.prisma, 'preview-media', [job(3)]);
  await database.prisma.$executeRaw`
    UPDATE pgboss.job SET start_after = '2026-01-31T10:00:00Z' WHERE name = 'preview-media'`;
  expect(await workers()).toMatch(/; jobs wait since 2026-01-31T10:00:00\.000Z$/);
});

test('an urgent job that has been due for a minute is told, but not at once after a start; others wait on purpose', async () => {
  await opened.queue.send(database.prisma, 'fetch-media', [
    { payload: { mediaSid: `ME${'0'.repeat(32)}` } },
  ]);
  await opened.queue.send(database.prisma, 'reconcile', [{ payload: { id: '1' } }]);
  await database.prisma.$executeRaw`UPDATE pgboss.job SET start_after = now() - interval '50 s'`;
  expect(await jobs()).toBeUndefined();
  await database.prisma.$executeRaw`UPDATE pgboss.job SET start_after = now() - interval '70 s'`;
  expect(await jobs()).toMatch(new RegExp(`^fetch-media since ${TIME}$`));
  expect(await jobs(() => 50)).toBeUndefined();
});

test('a clock that was set back is no worker that is alive', async () => {
  await lastBeat(-3600);
  expect(await workers()).toMatch(/^no worker has been alive since/);
  expect(await readWorkers(database)).toMatchObject({ alive: 0 });
});

test('an outage of the database is no absence of workers, for a minute after its end', async () => {
  await lastBeat(300);
  await opened.queue.send(database.prisma, 'fetch-media', [
    { payload: { mediaSid: `ME${'0'.repeat(32)}` } },
  ]);
  await database.prisma.$executeRaw`UPDATE pgboss.job SET start_after = now() - interval '300 s'`;
  let seconds = 1000;
  let isOut = true;
  const fail = () => Promise.reject(new Error('Connection terminated unexpectedly'));
  const prisma = new Proxy(database.prisma, {
    get: (target, name) =>
      isOut && name === '$queryRaw' ? fail : Reflect.get(target, name, target),
  });
  const health = workersHealth({ prisma }, () => seconds);
  expect([await health.workers(), await health.jobs()]).toEqual([undefined, undefined]);
  isOut = false;
  seconds += 59;
  expect([await health.workers(), await health.jobs()]).toEqual([undefined, undefined]);
  seconds += 2;
  expect(await health.workers()).toMatch(/^no worker has been alive/);
  expect(await health.jobs()).toMatch(/^fetch-media since/);
});

test('one that is silent and holds its lock hangs; one that was killed does not', async (context) => {
  if (database.kind === 'embedded') {
    return context.skip(
      'the embedded database has one process: its own lock is no sign of another',
    );
  }
  const lock = await database.holdLock('lock of one that hangs', () => undefined);
  const end = await startHeartbeat(database, lockName, log);
  await lastBeat(70, { name: 'host:2', lock: 'lock of one that hangs' });
  await lastBeat(70, { name: 'host:3' });
  expect(await workers()).toMatch(new RegExp(`^host:2 hangs: it has not reported since ${TIME}$`));
  await lock.release();
  expect(await workers()).toBeUndefined();
  await end();
});

test('one that was killed does not hang while several processes look', async (context) => {
  if (database.kind === 'embedded') {
    return context.skip('the embedded database has one process, which looks once at a time');
  }
  await lastBeat(3700);
  await database.prisma.$transaction(async (tx) => {
    const looks = [await readWorkers({ prisma: tx }), await readWorkers(database)];
    expect(looks.map(({ hanging }) => hanging)).toEqual([[], []]);
  });
  await database.prisma.$transaction(async (tx) => {
    await removeEndedWorkers({ prisma: tx });
    // What the other has removed is still to be seen.
    expect(await readWorkers(database)).toMatchObject({ lastSeen: expect.anything(), hanging: [] });
  });
});

test('the rows of those that were killed are removed an hour later', async () => {
  await lastBeat(1800, { name: 'host:1' });
  await lastBeat(3700, { name: 'host:2' });
  await removeEndedWorkers(database);
  const rows = await database.prisma.workerProcess.findMany();
  expect(rows.map(({ name }) => name)).toEqual(['host:1']);
});
