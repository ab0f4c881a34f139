import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { JOBS, type JobHandlers } from '../../src/jobs/job-list.ts';
import type { JobQueue } from '../../src/jobs/job-queue.ts';
import { createPgBossQueue } from '../../src/jobs/pg-boss-queue.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { eventually } from '../support/test-inbox.ts';

const log = createLogger('silent');
let folder: TestDatabase;
let database: Database;
let queue: JobQueue;
beforeEach(async () => {
  folder = await createTestDatabase();
  database = await openDatabase(folder, log);
  queue = createPgBossQueue(database, log);
  await queue.start();
});
afterEach(async () => {
  await queue.stop();
  await database.close();
  await folder.remove();
});

function handlers(own: Partial<JobHandlers>): JobHandlers {
  const none = async () => undefined;
  const all = Object.keys(JOBS).map((name) => [name, none]);
  return { ...(Object.fromEntries(all) as JobHandlers), ...own };
}

function send(mediaSid: string, startAfter?: Date): Promise<void> {
  return database.prisma.$transaction((tx) =>
    queue.send(tx, 'fetch-media', [{ payload: { mediaSid }, ...(startAfter && { startAfter }) }]),
  );
}

test('a job runs once its transaction commits, and never after a rollback', async () => {
  const ran: string[] = [];
  await queue.work(handlers({ 'fetch-media': async ({ mediaSid }) => void ran.push(mediaSid) }));
  const rollback = database.prisma.$transaction(async (tx) => {
    await queue.send(tx, 'fetch-media', [{ payload: { mediaSid: 'rolled-back' } }]);
    throw new Error('no');
  });
  await expect(rollback).rejects.toThrow('no');
  await send('committed');
  await eventually(async () => expect(ran).toEqual(['committed']));
});

test('a job that fails while the database is down is handed back when it is up, and run at once', async () => {
  let isDown = true;
  const pings = vi.spyOn(database, 'ping').mockImplementation(async () => {
    if (isDown) throw new Error('connection refused');
  });
  const handler = vi.fn().mockRejectedValueOnce(new Error('down')).mockResolvedValue(undefined);
  await queue.work(handlers({ 'fetch-media': handler }));
  await send('one');
  await eventually(async () => expect(pings.mock.calls.length).toBeGreaterThan(3));
  expect(handler).toHaveBeenCalledTimes(1);
  isDown = false;
  // Its lease would run for 20 seconds.
  await eventually(async () => expect(handler).toHaveBeenCalledTimes(2), 10_000);
});

test('a job that throws is run again', async () => {
  const handler = vi
    .fn()
    .mockRejectedValueOnce(new Error('first time'))
    .mockResolvedValue(undefined);
  await queue.work(handlers({ 'fetch-media': handler }));
  await send('again');
  await eventually(async () => expect(handler).toHaveBeenCalledTimes(2));
});

test('when the clock of the database was set back a day, jobs do not wait for that day', async () => {
  await send('at once');
  await send('in a second', new Date(Date.now() + 1000));
  await queue.stop();
  // As far as jobs can tell, the clock was a day ahead when they were sent.
  await database.prisma.$executeRaw`
    UPDATE pgboss.job SET created_on = created_on + interval '1 day',
      start_after = start_after + interval '1 day'`;
  queue = createPgBossQueue(database, log);
  await queue.start();
  const ran: string[] = [];
  await queue.work(handlers({ 'fetch-media': async ({ mediaSid }) => void ran.push(mediaSid) }));
  await eventually(async () => expect(ran).toEqual(['at once', 'in a second']));
});

test('a deferred job waits for its time', async () => {
  let ranAt = 0;
  const handler = async () => {
    ranAt = Date.now();
  };
  await queue.work(handlers({ 'fetch-media': handler }));
  const startAfter = new Date(Date.now() + 1500);
  await send('later', startAfter);
  await eventually(async () => expect(ranAt).toBeGreaterThan(0));
  expect(ranAt).toBeGreaterThanOrEqual(startAfter.getTime());
  expect(ranAt - startAfter.getTime()).toBeLessThan(5000);
});

test('deferred jobs that fall due together run side by side, also beside one that hangs', async () => {
  const running = new Set<string>();
  const handler = async ({ mediaSid }: { mediaSid: string }, signal: AbortSignal) => {
    running.add(mediaSid);
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  };
  await queue.work(handlers({ 'fetch-media': handler }));
  await send('hangs');
  await eventually(async () => expect(running).toContain('hangs'));
  const startAfter = new Date(Date.now() + 1000);
  for (const mediaSid of ['one', 'two', 'three']) await send(mediaSid, startAfter);
  await eventually(async () => expect(running.size).toBe(4));
});

test('a hanging job does not hold up the others', async () => {
  const ran: string[] = [];
  await queue.work(
    handlers({
      'fetch-media': async ({ mediaSid }, signal) => {
        if (mediaSid === 'hangs') {
          await new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
          });
        }
        ran.push(mediaSid);
      },
    }),
  );
  await send('hangs');
  for (let n = 0; n < 20; n += 1) await send(`job-${n}`);
  await eventually(async () => expect(ran).toHaveLength(20));
});

test('what was running when the process stopped is run by the next one, within seconds', async () => {
  const started = Promise.withResolvers<void>();
  await queue.work(
    handlers({
      'fetch-media': async (_payload, signal) => {
        started.resolve();
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        });
      },
    }),
  );
  await send('handed-over');
  await started.promise;
  await queue.stop();

  queue = createPgBossQueue(database, log);
  await queue.start();
  const ran: string[] = [];
  await queue.work(handlers({ 'fetch-media': async ({ mediaSid }) => void ran.push(mediaSid) }));
  await eventually(async () => expect(ran).toEqual(['handed-over']));
});

test('a missing or unknown handler fails the start', async () => {
  const { 'preview-media': _, ...incomplete } = handlers({});
  await expect(queue.work(incomplete as JobHandlers)).rejects.toThrow('preview-media');
  const unknown = { ...handlers({}), 'no-such-job': async () => undefined };
  await expect(queue.work(unknown)).rejects.toThrow('no-such-job');
});

test('a job that is to be run again is not missing, one that nobody sent is', async () => {
  const handler = vi.fn().mockRejectedValue(new Error('each time'));
  await queue.work(handlers({ 'fetch-media': handler }));
  await send('failed');
  const waiting = () => database.prisma.$queryRaw<{ state: string }[]>`
    SELECT state::text FROM pgboss.job WHERE singleton_key = 'failed'`;
  await eventually(async () => expect(await waiting()).toEqual([{ state: 'retry' }]));
  const jobs = ['failed', 'lost'].map((mediaSid) => ({ payload: { mediaSid } }));
  const sent = await database.prisma.$transaction((tx) =>
    queue.sendMissing(tx, 'fetch-media', jobs),
  );
  expect(sent).toBe(1);
  expect(await waiting()).toHaveLength(1);
});

test('a job that waits for a later time is brought forward, never put off', async () => {
  const ran: string[] = [];
  await queue.work(handlers({ 'fetch-media': async ({ mediaSid }) => void ran.push(mediaSid) }));
  const inAnHour = new Date(Date.now() + 3_600_000);
  const sendOrBringForward = (mediaSid: string, startAfter?: Date) =>
    database.prisma.$transaction((tx) =>
      queue.sendOrBringForward(tx, 'fetch-media', [
        { payload: { mediaSid }, ...(startAfter && { startAfter }) },
      ]),
    );
  const waiting = () =>
    database.prisma.$queryRaw<{ key: string; seconds: number }[]>`
      SELECT singleton_key AS key, extract(epoch FROM start_after - now())::float8 AS seconds
      FROM pgboss.job WHERE state = 'created' ORDER BY key`;

  await send('first', inAnHour);
  await send('second', inAnHour);
  await send('first');
  // `send` leaves it where it is.
  expect(await waiting()).toMatchObject([{ key: 'first' }, { key: 'second' }]);
  await sendOrBringForward('second', new Date(Date.now() + 600_000));
  await sendOrBringForward('second', inAnHour);
  const [, second] = await waiting();
  expect(second?.seconds).toBeLessThan(601);
  await sendOrBringForward('first');
  await sendOrBringForward('third');
  await eventually(async () => expect(ran.toSorted()).toEqual(['first', 'third']));
});
