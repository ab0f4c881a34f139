import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Transaction } from '../../../../src/database/database.ts';
import { MIGRATIONS_FOLDER } from '../../../../src/lifecycle/project-files.ts';
import { readDeletion } from '../../../../src/moderation/deletions/read-deletions.ts';
import { markUpstreamDone } from '../../../../src/moderation/deletions/upstream-targets.ts';
import { openTestQueue, type TestQueue } from '../../../support/test-queue.ts';

const TARGETS = 60;

let opened: TestQueue;
let ids: bigint[];
beforeEach(async () => {
  opened = await openTestQueue();
  const { deletion } = opened.database.prisma;
  const data = { requestedBy: 'test', scope: 'sender', withMessages: false };
  ids = [(await deletion.create({ data })).id, (await deletion.create({ data })).id];
});
afterEach(() => opened.close());

const sids = (from: number, to = from) =>
  Array.from({ length: to - from + 1 }, (_, n) => `ME${String(from + n).padStart(32, '0')}`);

/** As the previous release does: it knows nothing of counts. */
async function insertTargets(tx: Transaction): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO deletion_target (sid, deletion_id, message_sid, account_sid)
    SELECT sid, id, 'MM1', 'AC1' FROM unnest(${sids(1, TARGETS)}::text[]) AS sid, unnest(${ids}::bigint[]) AS id`;
}

async function finishHere(tx: Transaction, deletionId: bigint, done: string[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE deletion_target SET local = 'done', previews = 'none', forgotten_at = now()
    WHERE deletion_id = ${deletionId} AND sid = ANY(${done})`;
}

/** What each deletion says of its targets, and what counting them gives. */
async function readAndCount() {
  const read = await Promise.all(ids.map((id) => readDeletion(opened.database, id)));
  const targets = await opened.database.prisma.deletionTarget.findMany();
  const counted = ids.map((id) => {
    const own = targets.filter(({ deletionId }) => deletionId === id);
    const by = (part: 'local' | 'previews' | 'upstream') =>
      Object.fromEntries(
        [...Map.groupBy(own, (target) => target[part])].map(([state, all]) => [state, all.length]),
      );
    return {
      targets: own.length,
      local: by('local'),
      previews: by('previews'),
      upstream: by('upstream'),
    };
  });
  return {
    read: read.map(({ targets: total, local, previews, upstream }) => ({
      targets: total,
      local,
      previews,
      upstream,
    })),
    counted,
  };
}

test('counts follow every change of targets, in all their deletions', async () => {
  const { prisma } = opened.database;
  const [first = 0n] = ids;
  await prisma.$transaction(insertTargets);
  await prisma.$transaction((tx) => finishHere(tx, first, sids(1, 40)));
  await prisma.$transaction((tx) => markUpstreamDone(tx, sids(30, 50)));
  await prisma.$executeRaw`UPDATE deletion_target SET attempts = attempts + 1`;
  const { read, counted } = await readAndCount();
  expect(read).toEqual(counted);
  expect(read[0]).toEqual({
    targets: TARGETS,
    local: { pending: 20, done: 40 },
    previews: { pending: 20, none: 40 },
    upstream: { pending: 39, done: 21 },
  });
});

test('what is rolled back is not counted', async () => {
  const { prisma } = opened.database;
  await prisma.$transaction(insertTargets);
  const before = await readAndCount();
  const undone = prisma.$transaction(async (tx) => {
    await markUpstreamDone(tx, sids(1, 20));
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  expect(await readAndCount()).toEqual(before);
  expect(before.read).toEqual(before.counted);
});

test('the migration counts what is there already', async () => {
  const { prisma } = opened.database;
  await prisma.$transaction(insertTargets);
  await prisma.$transaction((tx) => markUpstreamDone(tx, sids(1, 20)));
  await prisma.deletionTargetCount.deleteMany();
  const name = (await readdir(MIGRATIONS_FOLDER)).find((one) => one.endsWith('target_counts'));
  const sql = await readFile(join(MIGRATIONS_FOLDER, name ?? '', 'migration.sql'), 'utf8');
  await prisma.$executeRawUnsafe(sql.slice(sql.lastIndexOf('INSERT INTO')));
  const { read, counted } = await readAndCount();
  expect(read).toEqual(counted);
  expect(read[0]?.upstream).toEqual({ pending: 40, done: 20 });
});

test('the event of a completed deletion has the number of its targets', async () => {
  const { prisma } = opened.database;
  const message = { accountSid: 'AC1', from: '', to: '', body: '', params: {} };
  await prisma.message.create({
    data: { ...message, sid: 'MM1', source: 'webhook', receivedAt: new Date() },
  });
  await prisma.$transaction(insertTargets);
  await prisma.$transaction(async (tx) => {
    for (const id of ids) await finishHere(tx, id, sids(1, TARGETS));
  });
  await prisma.$transaction((tx) => markUpstreamDone(tx, sids(1, TARGETS)));
  const events = await prisma.event.findMany({ where: { type: 'deletion.completed' } });
  expect(events.map(({ data }) => data)).toMatchObject([
    { targets: TARGETS },
    { targets: TARGETS },
  ]);
});

// The embedded database has one connection: there are no two transactions at once.
describe.runIf(Boolean(process.env.TEST_DATABASE_URL))('on a server', () => {
  test('transactions that change targets of one deletion do not wait for each other', async () => {
    const { prisma } = opened.database;
    const [first = 0n] = ids;
    await prisma.$transaction(insertTargets);
    await prisma.$transaction(async (tx) => {
      await finishHere(tx, first, sids(1, 10));
      // It would wait for the end of the transaction around it, and fail.
      await prisma.$transaction(async (other) => {
        await other.$executeRaw`SET LOCAL lock_timeout = '2s'`;
        await finishHere(other, first, sids(11, 30));
      });
      await finishHere(tx, first, sids(31, 35));
    });
    const { read, counted } = await readAndCount();
    expect(read).toEqual(counted);
    expect(read[0]?.local).toEqual({ pending: 25, done: 35 });
  });

  test('many at once leave exact counts, in a few slots', async () => {
    const { prisma } = opened.database;
    await prisma.$transaction(insertTargets);
    const work = sids(1, TARGETS).values();
    const atOnce = 4;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (const sid of work) {
          await prisma.$transaction((tx) => finishHere(tx, ids[0] ?? 0n, [sid]));
          await prisma.$transaction((tx) => markUpstreamDone(tx, [sid]));
        }
      }),
    );
    const { read, counted } = await readAndCount();
    expect(read).toEqual(counted);
    const { _max } = await prisma.deletionTargetCount.aggregate({ _max: { slot: true } });
    // A transaction takes a second slot when one has become free since its last statement.
    expect(_max.slot).toBeLessThan(2 * atOnce);
  });
});
