import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Transaction } from '../../../../src/database/database.ts';
import { createDiskBlobStore } from '../../../../src/files/disk-blob-store.ts';
import { Prisma } from '../../../../src/generated/prisma/client.ts';
import type { JobQueue } from '../../../../src/jobs/job-queue.ts';
import {
  createDeleteMedia,
  createDeleteMessage,
} from '../../../../src/moderation/deletions/delete-media.ts';
import {
  createDeleteUpstream,
  createDeleteUpstreamMessage,
} from '../../../../src/moderation/deletions/delete-upstream.ts';
import { recordDeletion } from '../../../../src/moderation/deletions/record-deletion.ts';
import {
  createRunDeletion,
  type RunDeps,
} from '../../../../src/moderation/deletions/run-deletion.ts';
import { tombstoneTargets } from '../../../../src/moderation/deletions/tombstone-targets.ts';
import { createTryUpstream } from '../../../../src/moderation/deletions/try-upstream.ts';
import { markUpstreamDone } from '../../../../src/moderation/deletions/upstream-targets.ts';
import { createLogger } from '../../../../src/monitoring/logger.ts';
import { addMedia } from '../../../support/add-media.ts';
import { countStrikes } from '../../../support/count-strikes.ts';
import { eventually } from '../../../support/test-inbox.ts';
import { openTestQueue, type TestQueue } from '../../../support/test-queue.ts';

const DECIDER = { actor: 'somebody', reasonCode: null, reason: null };
const SENDER = '+15550007001';

let opened: TestQueue;
let deps: RunDeps;
beforeEach(async () => {
  opened = await openTestQueue();
  const { database, queue, files } = opened;
  const blobs = await createDiskBlobStore(join(files.dataDir, 'blobs'), () => 'test');
  deps = { database, queue, blobs, deleteUpstream: true, countStrikes };
});
afterEach(() => opened.close());

/** A message that waits for the decision about its one media item. */
async function addWaiting(): Promise<{ sid: string; messageSid: string }> {
  const { media, message } = deps.database.prisma;
  const url = 'https://api.twilio.com/x';
  const sid = await addMedia(deps.database, { state: 'stored', url });
  const { messageSid } = await media.findUniqueOrThrow({ where: { sid } });
  const waiting = {
    from: SENDER,
    source: 'webhook',
    followsMedia: true,
    moderation: 'held',
  } as const;
  await message.update({ where: { sid: messageSid }, data: waiting });
  return { sid, messageSid };
}

/** A queue that holds its caller up at a job of this name until `until` resolves. */
function pausedAt(name: string, until: () => Promise<void>): JobQueue {
  return {
    ...deps.queue,
    async send(tx, job, jobs) {
      if (job === name) await until();
      await deps.queue.send(tx, job, jobs);
    },
  };
}

/** Resolves once another transaction waits for a lock, or `hasCome` is true. */
async function someoneWaitsForALock(hasCome: () => boolean): Promise<void> {
  await eventually(async () => {
    const [{ count }] = await deps.database.prisma.$queryRaw<[{ count: number }]>`
      SELECT count(*)::int FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    if (count === 0 && !hasCome()) throw new Error('nobody waits for a lock');
  });
}

async function record(tx: Transaction, media: string, message: string): Promise<bigint> {
  const selection = {
    media: Prisma.sql`media.sid = ${media}`,
    messages: Prisma.sql`message.sid = ${message}`,
  };
  const asked = { ...DECIDER, scope: 'one', mediaSid: media };
  return (await recordDeletion(tx, deps.queue, asked, selection)).id;
}

const forget = (tx: Transaction, id: bigint, queue: JobQueue) =>
  tombstoneTargets(
    tx,
    { ...deps, queue },
    { ...DECIDER, id, scope: 'one', requestedBy: 'somebody' },
  );

// The embedded database has one connection: there no transaction waits for another one's row.
describe.runIf(Boolean(process.env.TEST_DATABASE_URL))('on a server', () => {
  test('two deletions never wait for each other’s messages', async () => {
    const { prisma } = deps.database;
    const [one, other] = [await addWaiting(), await addWaiting()];
    let reached = 0;
    const queue = pausedAt('delete-upstream', async () => {
      reached += 1;
      await someoneWaitsForALock(() => reached === 2);
    });
    const crossed = (media: string, message: string) =>
      prisma.$transaction(async (tx) => forget(tx, await record(tx, media, message), queue));
    await Promise.all([crossed(one.sid, other.messageSid), crossed(other.sid, one.messageSid)]);
    expect(await prisma.message.count({ where: { deletedAt: null } })).toBe(0);
  });

  test('deletions of a muted sender’s message and of its media item both end', async () => {
    const { prisma } = deps.database;
    await prisma.sender.create({ data: { id: 'x', address: SENDER, muted: true, updatedBy: 'x' } });
    const { sid, messageSid } = await addWaiting();
    let hasEnded = false;
    let ofMedia: Promise<unknown> | undefined;
    const queue = pausedAt('delete-local', async () => {
      ofMedia ??= createDeleteMedia(deps)({ ...DECIDER, sid }).finally(() => {
        hasEnded = true;
      });
      await someoneWaitsForALock(() => hasEnded);
    });
    const ofMessage = createDeleteMessage({ ...deps, queue })(messageSid, DECIDER);
    expect(await Promise.allSettled([ofMessage, ofMessage.then(() => ofMedia)])).toMatchObject([
      { status: 'fulfilled' },
      { status: 'fulfilled' },
    ]);
    const message = await prisma.message.findUnique({ where: { sid: messageSid } });
    expect(message).toMatchObject({ from: '', muted: true });
    expect(await prisma.event.count({ where: { type: { not: 'deletion.completed' } } })).toBe(0);
  });

  test('a target is closed while another one of its deletion is', async () => {
    const { prisma } = deps.database;
    const [one, other] = [await addWaiting(), await addWaiting()];
    const id = await prisma.$transaction((tx) => record(tx, one.sid, other.messageSid));
    await createRunDeletion(deps)(id);
    let hasEnded = false;
    let closing: Promise<unknown> | undefined;
    await prisma.$transaction(async (tx) => {
      // As `settleTargets` does before it locks the deletion.
      const where = { sid_deletionId: { sid: one.sid, deletionId: id } };
      await tx.deletionTarget.update({ where, data: { upstream: 'done' } });
      await tx.deletionTarget.update({ where, data: { isOpen: false } });
      closing = prisma
        .$transaction((second) => markUpstreamDone(second, [other.messageSid]))
        .finally(() => {
          hasEnded = true;
        });
      await someoneWaitsForALock(() => hasEnded);
      expect(hasEnded).toBe(true);
    });
    await closing;
  });

  test.each(['delete-upstream', 'delete-upstream-message'] as const)(
    'what %s has deleted is done for a deletion that is being recorded meanwhile, too',
    async (job) => {
      const { database, queue } = deps;
      const { sid: mediaSid, messageSid } = await addWaiting();
      const gone = async () => ({ done: true }) as const;
      const jobDeps = {
        database,
        queue,
        upstream: { deleteMedia: gone, deleteMessage: gone },
        tryUpstream: createTryUpstream({
          database,
          onAnswer: () => undefined,
          isTwilioOut: () => false,
          log: createLogger('silent'),
        }),
      };
      const runJob = () =>
        job === 'delete-upstream'
          ? createDeleteUpstream(jobDeps)({ mediaSid }, AbortSignal.timeout(20_000))
          : createDeleteUpstreamMessage(jobDeps)({ messageSid }, AbortSignal.timeout(20_000));
      let hasEnded = false;
      let running: Promise<void> | undefined;
      const id = await database.prisma.$transaction(async (tx) => {
        const late = await record(tx, mediaSid, messageSid);
        await createDeleteMessage(deps)(messageSid, DECIDER);
        await forget(tx, late, queue);
        running = runJob().finally(() => {
          hasEnded = true;
        });
        await someoneWaitsForALock(() => hasEnded);
        return late;
      });
      await running;
      await createRunDeletion(deps)(id);
      const sid = job === 'delete-upstream' ? mediaSid : messageSid;
      const targets = await database.prisma.deletionTarget.findMany({ where: { sid } });
      expect(targets.map(({ upstream }) => upstream)).toEqual(['done', 'done']);
    },
  );
});
