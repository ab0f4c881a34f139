import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALL_WORK } from '../../../../src/auth/api-keys.ts';
import { createDiskBlobStore } from '../../../../src/files/disk-blob-store.ts';
import { applyDecision } from '../../../../src/moderation/apply-decision.ts';
import { createBulkActs } from '../../../../src/moderation/bulk/bulk-acts.ts';
import { createRunBulkAct } from '../../../../src/moderation/bulk/run-bulk-act.ts';
import type { Decision } from '../../../../src/moderation/decisions.ts';
import { createDeleteMedia } from '../../../../src/moderation/deletions/delete-media.ts';
import { addMedia } from '../../../support/add-media.ts';
import { countStrikes } from '../../../support/count-strikes.ts';
import { openTestQueue, type TestQueue } from '../../../support/test-queue.ts';

const ada = { name: 'ada', role: 'moderator', work: ALL_WORK } as const;
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
  const { id } = await acts.begin({ ...request, sids }, ada, async () => undefined);
  const deleted: string[] = [];
  const run = createRunBulkAct({
    database,
    queue,
    countStrikes,
    async deleteMedia({ sid }) {
      deleted.push(sid);
      await acts.cancel(id, ada);
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

async function begin(action: Decision | 'delete', sid: string): Promise<string> {
  const { database, queue } = opened;
  const why = { reasonCode: null, reason: null };
  const request = { action, sids: [sid], dryRun: false, ...why };
  const { id } = await createBulkActs(database, queue).begin(request, ada, async () => undefined);
  return id;
}

/** @param beforeDelete happens when the turn of a delete has come, and before its transaction */
async function run(id: string, beforeDelete = async () => {}) {
  const { database, queue, files } = opened;
  const blobs = await createDiskBlobStore(join(files.dataDir, 'blobs'), () => 'test');
  const deps = { database, queue, blobs, deleteUpstream: true, countStrikes };
  const deleteMedia = createDeleteMedia(deps);
  const runBulkAct = createRunBulkAct({
    database,
    queue,
    countStrikes,
    async deleteMedia(request) {
      await beforeDelete();
      return deleteMedia(request);
    },
  });
  await runBulkAct({ id }, new AbortController().signal);
  return (await createBulkActs(database, queue).find(id)).counts;
}

function decide(sid: string, decision: Decision, actor: string): Promise<unknown> {
  const decider = { actor, reasonCode: null, reason: null };
  return opened.database.prisma.$transaction((tx) => applyDecision(tx, [sid], decision, decider));
}

const standing = (sid: string) =>
  opened.database.prisma.media.findUniqueOrThrow({
    where: { sid },
    select: { state: true, moderation: true, decidedBy: true },
  });

const BLOCKED = { state: 'stored', moderation: 'quarantined', decidedBy: 'system:blocklist' };

test.each([
  ['approve', { decided: 1 }, BLOCKED],
  ['hold', { decided: 1 }, BLOCKED],
  ['quarantine', { changed: 1 }, { ...BLOCKED, decidedBy: 'ada' }],
  ['delete', { changed: 1 }, { ...BLOCKED, state: 'deleted' }],
] as const)(
  '%s after a rule has quarantined since the request: %j',
  async (action, counts, end) => {
    const moderation = action === 'approve' ? 'held' : 'visible';
    const sid = await addMedia(opened.database, { state: 'stored', moderation });
    const id = await begin(action, sid);
    await decide(sid, 'quarantine', 'system:blocklist');
    expect(await run(id)).toMatchObject({ todo: 0, ...counts });
    expect(await standing(sid)).toEqual(end);
  },
);

test('a decision of a rule before the request is replaced', async () => {
  const sid = await addMedia(opened.database, { state: 'stored' });
  await decide(sid, 'quarantine', 'system:blocklist');
  expect(await run(await begin('approve', sid))).toMatchObject({ changed: 1 });
  expect(await standing(sid)).toMatchObject({ moderation: 'visible', decidedBy: 'ada' });
});

const [NOW, LATER] = [new Date(), new Date(Date.now() + 3_600_000)];
const claim = { queue: 'held', owner: 'bob', holder: 'bob', createdAt: NOW, expiresAt: LATER };
const approval = { act: 'approve', requestedBy: 'bob', runsAt: LATER };

test.each([
  ['decided', 'decides about', (sid: string) => decide(sid, 'approve', 'bob')],
  [
    'claimed',
    'claims',
    (mediaSid: string) =>
      opened.database.prisma.claim.create({ data: { id: `of ${mediaSid}`, mediaSid, ...claim } }),
  ],
  [
    'claimed',
    'has an act waiting for',
    (mediaSid: string) =>
      opened.database.prisma.delayedAct.create({
        data: { id: `of ${mediaSid}`, mediaSid, ...approval },
      }),
  ],
] as const)(
  'a delete leaves alone (%s) what somebody %s when its turn has come',
  async (...each) => {
    const [outcome, , act] = each;
    const { prisma } = opened.database;
    const sid = await addMedia(opened.database, { state: 'stored', moderation: 'held' });
    const id = await begin('delete', sid);
    const counts = await run(id, async () => void (await act(sid)));
    expect(counts).toMatchObject({ todo: 0, changed: 0, [outcome]: 1 });
    expect(await standing(sid)).toMatchObject({ state: 'stored' });
    expect(await prisma.deletion.count({ where: { mediaSid: sid } })).toBe(0);
    expect(await prisma.claim.count({ where: { mediaSid: sid, endedAt: { not: null } } })).toBe(0);
  },
);
