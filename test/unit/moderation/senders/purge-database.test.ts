import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createPurgeDatabase,
  purgeAgain,
} from '../../../../src/moderation/senders/purge-database.ts';
import { openTestQueue, type TestQueue } from '../../../support/test-queue.ts';

const SENDER = 'a'.repeat(64);
const ASKED_AT = new Date('2026-11-24T10:00:00Z');
const ENDED_AT = new Date('2026-11-24T10:00:01Z');

let opened: TestQueue;
beforeEach(async () => {
  opened = await openTestQueue();
  await opened.database.prisma.erasure.createMany({
    data: ['late', 'other'].map((id) => ({
      id,
      senderId: id === 'late' ? SENDER : 'b'.repeat(64),
      requestedBy: 'somebody',
      createdAt: ASKED_AT,
      erasedAt: ENDED_AT,
    })),
  });
});
afterEach(() => opened.close());

const eraseLate = (receivedAt: Date) =>
  opened.database.prisma.$transaction((tx) =>
    purgeAgain(tx, opened.queue, [{ senderIds: [SENDER], receivedAt }]),
  );

/** Runs the job; `meanwhile` while the tables are written anew. */
async function purge(meanwhile?: () => Promise<void>): Promise<number> {
  let runs = 0;
  const database = {
    ...opened.database,
    async purge() {
      runs += 1;
      await meanwhile?.();
    },
  };
  await createPurgeDatabase(database)({}, new AbortController().signal);
  return runs;
}

async function purgedIds(): Promise<string[]> {
  const where = { purgedAt: { not: null } };
  const rows = await opened.database.prisma.erasure.findMany({ where, orderBy: { id: 'asc' } });
  return rows.map(({ id }) => id);
}

test('what is erased late is purged by a run of its own', async () => {
  expect(await purge()).toBe(1);
  expect(await purge()).toBe(0);
  await eraseLate(ASKED_AT);
  expect(await purgedIds()).toEqual(['other']);
  expect(await purge()).toBe(1);
  expect(await purgedIds()).toEqual(['late', 'other']);
});

test('a run that was under way when something was erased late does not count for it', async () => {
  await purge(() => eraseLate(ASKED_AT));
  expect(await purgedIds()).toEqual(['other']);
  await purge();
  expect(await purgedIds()).toEqual(['late', 'other']);
});

test('what was received after an erasure is none of its business', async () => {
  await purge();
  await eraseLate(new Date(ASKED_AT.getTime() + 1));
  expect(await purgedIds()).toEqual(['late', 'other']);
});
