import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALL_WORK } from '../../../../src/auth/api-keys.ts';
import type { Database } from '../../../../src/database/database.ts';
import { createBulkActs } from '../../../../src/moderation/bulk/bulk-acts.ts';
import { createBeginUndo } from '../../../../src/moderation/bulk/bulk-undos.ts';
import { createOwnNumbers } from '../../../../src/moderation/own-numbers.ts';
import { addMedia } from '../../../support/add-media.ts';
import { openTestQueue, type TestQueue } from '../../../support/test-queue.ts';

const ada = { name: 'ada', role: 'moderator', work: ALL_WORK } as const;
let opened: TestQueue;
beforeAll(async () => {
  opened = await openTestQueue();
});
afterAll(() => opened.close());

/** A database on which each new act is cancelled before its first attachment is selected. */
function cancelling(): { database: Database; cancelled: string[] } {
  const { database, queue } = opened;
  const cancelled: string[] = [];
  const prisma = database.prisma.$extends({
    query: {
      bulkAct: {
        async create({ args, query }) {
          const made = await query(args);
          await createBulkActs(database, queue).cancel(args.data.id, ada);
          cancelled.push(args.data.id);
          return made;
        },
      },
    },
  });
  // Of the same models, but for the functions that only the first client has.
  return { database: { ...database, prisma: prisma as unknown as Database['prisma'] }, cancelled };
}

async function expectNothingBegun(id: string, todo: number): Promise<void> {
  const { database, queue } = opened;
  const act = await createBulkActs(database, queue).find(id);
  expect(act).toMatchObject({ state: 'cancelled', total: todo, counts: { todo } });
  expect(act.endedAt).not.toBeNull();
  const jobs = await database.prisma.$queryRaw<object[]>`
    SELECT 1 FROM pgboss.job WHERE data->>'id' = ${id}`;
  expect(jobs).toEqual([]);
}

const CONFLICT = {
  code: 'conflict',
  message: 'It was cancelled while its attachments were selected.',
};

test('an act that is cancelled while media are selected stays so', async () => {
  const { database, cancelled } = cancelling();
  const sids = [await addMedia(opened.database), await addMedia(opened.database)];
  const request = { action: 'hold', sids, dryRun: false, reasonCode: null, reason: null } as const;
  const acts = createBulkActs(database, opened.queue);
  const begun = acts.begin({ ...request, sids }, ada, async () => undefined);
  await expect(begun).rejects.toMatchObject(CONFLICT);
  await expectNothingBegun(String(cancelled[0]), 2);
});

test('an undo that is cancelled while media are selected stays so', async () => {
  const { database, cancelled } = cancelling();
  const mediaSid = await addMedia(opened.database);
  const item = { mediaSid, outcome: 'changed', actedAt: new Date(), former: {} } as const;
  const act = { id: 'an act', action: 'hold', requestedBy: 'ada', changed: 1 };
  await opened.database.prisma.bulkAct.create({
    data: { ...act, state: 'done', endedAt: new Date(), items: { create: item } },
  });
  const beginUndo = createBeginUndo(database, opened.queue, createOwnNumbers(database));
  const begun = beginUndo('an act', ada, async () => undefined);
  await expect(begun).rejects.toMatchObject(CONFLICT);
  await expectNothingBegun(String(cancelled[0]), 1);
});
