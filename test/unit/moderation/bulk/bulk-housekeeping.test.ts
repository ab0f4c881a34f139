import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeOldBulkActs } from '../../../../src/moderation/bulk/bulk-housekeeping.ts';
import { openTestQueue, type TestQueue } from '../../../support/test-queue.ts';

let opened: TestQueue;
beforeAll(async () => {
  opened = await openTestQueue();
});
afterAll(() => opened.close());

const ago = (days: number) => new Date(Date.now() - days * 86_400_000);

async function add(id: string, other: object, items = 1): Promise<void> {
  const { prisma } = opened.database;
  await prisma.bulkAct.create({
    data: { id, action: 'hold', requestedBy: 'ada', createdAt: ago(40), ...other },
  });
  await prisma.$executeRaw`
    INSERT INTO bulk_item (act_id, media_sid, outcome, former)
    SELECT ${id}, 'ME' || lpad(n::text, 32, '0'), 'changed', '{"decisionReason": "words"}'
    FROM generate_series(1, ${items}::int) AS n`;
}

test('acts are removed 30 days after their end, with what they have replaced', async () => {
  const { prisma } = opened.database;
  await add('old', { state: 'done', endedAt: ago(30.01) }, 1001);
  await add('newer', { state: 'cancelled', endedAt: ago(29.99) });
  await add('running', { state: 'running' });
  await add('lost', { state: 'selecting' });
  await add('undone', { state: 'done', endedAt: ago(30.01) });
  const undo = { action: 'undo', undoOf: 'undone', createdAt: new Date() };
  await add('undo', { ...undo, state: 'running' });
  await removeOldBulkActs(opened.database);
  const left = async () => {
    const acts = await prisma.bulkAct.findMany({ orderBy: { id: 'asc' } });
    const items = await prisma.bulkItem.findMany({ orderBy: { actId: 'asc' } });
    expect(items.map(({ actId }) => actId)).toEqual(acts.map(({ id }) => id));
    return acts.map(({ id }) => id);
  };
  expect(await left()).toEqual(['newer', 'running', 'undo', 'undone']);
  // What is being put back is needed until then.
  await prisma.bulkAct.update({ where: { id: 'undo' }, data: { endedAt: new Date() } });
  await removeOldBulkActs(opened.database);
  expect(await left()).toEqual(['newer', 'running', 'undo']);
});
