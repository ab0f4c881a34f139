import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBulkActs } from '../../../../src/moderation/bulk/bulk-acts.ts';
import { createRunBulkAct } from '../../../../src/moderation/bulk/run-bulk-act.ts';
import { addMedia } from '../../../support/add-media.ts';
import { countStrikes } from '../../../support/count-strikes.ts';
import { openTestQueue, type TestQueue } from '../../../support/test-queue.ts';

let opened: TestQueue;
beforeAll(async () => {
  opened = await openTestQueue();
});
afterAll(() => opened.close());

test('deletes that are cancelled end behind the one that is under way', async () => {
  const { database, queue } = opened;
  const sids = [await addMedia(database), await addMedia(database), await addMedia(database)];
  const acts = createBulkActs(database, queue);
  const why = { reasonCode: null, reason: null };
  const request = { action: 'delete', sids, dryRun: false, ...why } as const;
  const { id } = await acts.begin({ ...request, sids }, 'ada', async () => undefined);
  const deleted: string[] = [];
  const run = createRunBulkAct({
    database,
    queue,
    countStrikes,
    async deleteMedia({ sid }) {
      deleted.push(sid);
      await acts.cancel(id, 'ada');
      return 1n;
    },
  });
  await run({ id }, new AbortController().signal);
  expect(deleted).toEqual(sids.toSorted().slice(0, 1));
  expect(await acts.find(id)).toMatchObject({
    state: 'cancelled',
    total: 3,
    counts: { todo: 2, changed: 1 },
  });
});
