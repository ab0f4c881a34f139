import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeOldActs, resendActs } from '../../../../src/moderation/acts/act-housekeeping.ts';
import { sid } from '../../../support/sample-media.ts';
import { openTestQueue, type TestQueue } from '../../../support/test-queue.ts';

let opened: TestQueue;
beforeAll(async () => {
  opened = await openTestQueue();
});
afterAll(() => opened.close());

const DAY_MS = 86_400_000;

function add(id: string, digit: string, other: object) {
  const data = { id, mediaSid: sid('ME', digit), act: 'hold', requestedBy: 'ada' };
  return opened.database.prisma.delayedAct.create({
    data: { ...data, runsAt: new Date(), ...other },
  });
}

test('acts are removed 30 days after their end', async () => {
  const { prisma } = opened.database;
  const ago = (days: number) => new Date(Date.now() - days * DAY_MS);
  await add('old', '1', { state: 'done', endedAt: ago(30.01) });
  await add('newer', '1', { state: 'failed', endedAt: ago(29.99) });
  await add('waiting', '1', { runsAt: ago(40) });
  await removeOldActs(opened.database);
  const left = await prisma.delayedAct.findMany({ orderBy: { id: 'asc' } });
  expect(left.map(({ id }) => id)).toEqual(['newer', 'waiting']);
  await prisma.delayedAct.deleteMany();
});

test('acts that are long due get a job again, once', async () => {
  const { database, queue } = opened;
  const due = (ms: number) => ({ runsAt: new Date(Date.now() - ms) });
  await add('lost', '2', due(120_000));
  await add('due', '3', due(1000));
  await add('cancelled', '4', { ...due(120_000), state: 'cancelled', endedAt: new Date() });
  await resendActs(database, queue);
  await resendActs(database, queue);
  const jobs = await database.prisma.$queryRaw<{ id: string }[]>`
    SELECT data->>'id' AS id FROM pgboss.job WHERE name = 'run-act'`;
  expect(jobs).toEqual([{ id: 'lost' }]);
});
