import { expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import type { JobQueue, NewJob } from '../../../src/jobs/job-queue.ts';
import { createReconcileJob } from '../../../src/reconciliation/reconcile-job.ts';

const signal = new AbortController().signal;
const dueAt = '2026-11-24T12:00:00.000Z';

function start(intervalMinutes: number, runSweep: () => Promise<void> = async () => undefined) {
  const ran: unknown[] = [];
  const sent: NewJob<'reconcile'>[] = [];
  const queue = {
    async send(_tx: unknown, _name: string, jobs: NewJob<'reconcile'>[]) {
      sent.push(...jobs);
    },
  } as unknown as JobQueue;
  const database = {
    prisma: { $transaction: (work: (tx: object) => Promise<void>) => work({}) },
  } as unknown as Database;
  const job = createReconcileJob({
    database,
    queue,
    intervalMinutes,
    runReconciliation: async (id) => void ran.push(id),
    async runSweep(due) {
      ran.push(due);
      await runSweep();
    },
  });
  return { job, ran, sent };
}

test('a sweep of the chain sends the next one, an interval later', async () => {
  const { job, ran, sent } = start(30);
  await job({ sweep: 'interval', dueAt }, signal);
  expect(ran).toEqual([new Date(dueAt)]);
  const [next] = sent;
  expect(next?.payload).toEqual({ sweep: 'interval', dueAt: next?.startAfter?.toISOString() });
  const minutes = ((next?.startAfter?.getTime() ?? 0) - Date.now()) / 60_000;
  expect(Math.round(minutes)).toBe(30);
});

test('one that meets an outage is for the queue to try again, and sends none', async () => {
  const { job, sent } = start(30, () => Promise.reject(new Error('down')));
  await expect(job({ sweep: 'interval', dueAt }, signal)).rejects.toThrow('down');
  expect(sent).toEqual([]);
});

test('the sweep at the start stands beside the chain', async () => {
  const { job, ran, sent } = start(30);
  await job({ sweep: 'start', dueAt }, signal);
  expect([ran.length, sent.length]).toEqual([1, 0]);
});

test('switched off, the chain ends; requests are still worked on', async () => {
  const { job, ran, sent } = start(0);
  await job({ sweep: 'interval', dueAt }, signal);
  await job({ id: 'one' }, signal);
  expect([ran, sent]).toEqual([['one'], []]);
});
