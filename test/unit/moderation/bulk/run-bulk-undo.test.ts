import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALL_WORK } from '../../../../src/auth/api-keys.ts';
import { lockBlob } from '../../../../src/database/database.ts';
import { createBlocklistIndex } from '../../../../src/moderation/blocklist/blocklist-index.ts';
import { createBulkActs } from '../../../../src/moderation/bulk/bulk-acts.ts';
import { createBeginUndo } from '../../../../src/moderation/bulk/bulk-undos.ts';
import { createRunBulkAct } from '../../../../src/moderation/bulk/run-bulk-act.ts';
import { createRunBulkUndo } from '../../../../src/moderation/bulk/run-bulk-undo.ts';
import type { ReleasedMedia, ScreenAgain } from '../../../../src/moderation/judgement.ts';
import { createOwnNumbers } from '../../../../src/moderation/own-numbers.ts';
import { createPdqIndex } from '../../../../src/pdq/pdq-index.ts';
import { createScreenAgain } from '../../../../src/screening/screen-again.ts';
import { addMedia } from '../../../support/add-media.ts';
import { countStrikes } from '../../../support/count-strikes.ts';
import { eventually } from '../../../support/test-inbox.ts';
import { openTestQueue, type TestQueue } from '../../../support/test-queue.ts';

const ada = { name: 'ada', work: ALL_WORK };
const SHA256 = 'ab'.repeat(32);
const { signal } = new AbortController();

let opened: TestQueue;
beforeEach(async () => {
  opened = await openTestQueue();
  const { blob } = opened.database.prisma;
  await blob.create({ data: { sha256: SHA256, key: 'a key', byteSize: 1n } });
});
afterEach(() => opened.close());

/** Begins the undo of a quarantine of one attachment. */
async function beginUndo(sid: string): Promise<string> {
  const { database, queue } = opened;
  const why = { reasonCode: null, reason: null };
  const request = { action: 'quarantine', sids: [sid], dryRun: false, ...why } as const;
  const acts = createBulkActs(database, queue);
  const act = await acts.begin({ ...request, sids: [sid] }, ada, async () => undefined);
  const deleteMedia = async () => 1n;
  await createRunBulkAct({ database, queue, countStrikes, deleteMedia })({ id: act.id }, signal);
  const begin = createBeginUndo(database, queue, createOwnNumbers(database));
  return (await begin(act.id, ada, async () => undefined)).id;
}

const mediaOf = (sid: string) => opened.database.prisma.media.findUniqueOrThrow({ where: { sid } });

test('what gets its bytes during a batch is put back by the next, which locks them', async () => {
  const { database } = opened;
  const sid = await addMedia(database);
  const id = await beginUndo(sid);
  const asked: (readonly string[])[] = [];
  const released: ReleasedMedia[] = [];
  const screenAgain: ScreenAgain = {
    ready: async () => undefined,
    async decide(tx, sha256s) {
      asked.push(sha256s);
      if (asked.length === 1) {
        const data = { state: 'stored', storedAt: new Date(), blobSha256: SHA256 } as const;
        await tx.media.update({ where: { sid }, data });
      }
      return async (media) => void released.push(...media);
    },
  };
  await createRunBulkUndo({ database, screenAgain, countStrikes })({ id }, signal);
  expect(asked).toEqual([[], [SHA256]]);
  expect(released).toMatchObject([{ sid, blobSha256: SHA256, isNew: true, moderation: 'visible' }]);
  expect(await mediaOf(sid)).toMatchObject({ moderation: 'visible', decidedBy: null });
  const act = await database.prisma.bulkAct.findUniqueOrThrow({ where: { id } });
  expect(act).toMatchObject({ state: 'done', todo: 0, changed: 1 });
});

// The embedded database has one connection: there no transaction waits for another.
describe.runIf(Boolean(process.env.TEST_DATABASE_URL))('on a server', () => {
  test('a verdict that is being stored has been seen when the undo commits', async () => {
    const { database, queue } = opened;
    const { prisma } = database;
    const sid = await addMedia(database, { state: 'stored', blobSha256: SHA256 });
    const id = await beginUndo(sid);
    const index = createBlocklistIndex(database, createPdqIndex());
    const screenAgain = createScreenAgain({ queue, index, failure: undefined });
    const run = createRunBulkUndo({ database, screenAgain, countStrikes });
    let undo: Promise<void> | undefined;
    // As the job does that scans again: it finds that a person has decided about the attachment.
    await prisma.$transaction(async (tx) => {
      await lockBlob(tx, SHA256);
      undo = run({ id }, signal);
      await eventually(async () => {
        const [{ count }] = await prisma.$queryRaw<[{ count: number }]>`
          SELECT count(*)::int FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        if (count === 0) throw new Error('the undo waits for no lock');
      });
      const scan = { action: 'quarantine', labels: [], reason: null, at: new Date().toISOString() };
      await tx.blob.update({ where: { sha256: SHA256 }, data: { scan } });
    });
    await undo;
    expect(await mediaOf(sid)).toMatchObject({
      moderation: 'quarantined',
      decidedBy: 'system:scan',
    });
  });
});
