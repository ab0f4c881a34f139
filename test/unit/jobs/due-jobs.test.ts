import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDueJobs } from '../../../src/jobs/due-jobs.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

let opened: TestQueue;
beforeAll(async () => {
  opened = await openTestQueue();
});
afterAll(() => opened.close());

test('only kinds with a job that is due, what waits longest first', async () => {
  const { database, queue } = opened;
  expect(await readDueJobs(database)).toEqual([]);
  await database.prisma.$transaction(async (tx) => {
    await queue.send(tx, 'remove-files', [{ payload: { keys: ['a'] } }]);
    await queue.send(tx, 'run-act', [
      { payload: { id: '1' } },
      { payload: { id: '2' }, startAfter: new Date(Date.now() + 3_600_000) },
    ]);
    await queue.send(tx, 'make-export', [
      { payload: { id: '1' }, startAfter: new Date(Date.now() + 3_600_000) },
    ]);
    await tx.$executeRaw`
      UPDATE pgboss.job SET start_after = now() - interval '10 minutes' WHERE name = 'run-act' AND data ->> 'id' = '1'`;
  });
  const due = await readDueJobs(database);
  expect(due.map(({ name }) => name)).toEqual(['run-act', 'remove-files']);
  expect(due[0]?.seconds).toBeGreaterThanOrEqual(600);
  expect(due[0]?.oldestDueAt).toBeInstanceOf(Date);
});
