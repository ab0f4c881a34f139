import { afterAll, beforeAll, expect, test } from 'vitest';
import { newSid } from '../../../../src/media/import-media.ts';
import { listDeletions } from '../../../../src/moderation/deletions/read-deletions.ts';
import { watchStuckDeletions } from '../../../../src/moderation/deletions/stuck-deletions.ts';
import { createLogger } from '../../../../src/monitoring/logger.ts';
import { openTestQueue, type TestQueue } from '../../../support/test-queue.ts';

let opened: TestQueue;
beforeAll(async () => {
  opened = await openTestQueue();
});
afterAll(() => opened.close());

const HOUR_MS = 3_600_000;
const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR_MS);

// Here no worker runs the jobs, as where each run of them fails.
test.each([
  ['not tombstoned for a day', 25, { local: 'pending', forgottenAt: null }, true],
  ['not tombstoned for some hours', 23, { local: 'pending', forgottenAt: null }, false],
  ['with files not tried for a day', 25, { local: 'pending', forgottenAt: hoursAgo(25) }, true],
  ['waiting for Twilio for a day', 25, { local: 'done', forgottenAt: hoursAgo(25) }, false],
] as const)('a deletion with a target %s', async (_name, hours, target, isStuck) => {
  const { database } = opened;
  const { id } = await database.prisma.deletion.create({
    data: {
      requestedBy: 'ada',
      scope: 'one',
      withMessages: false,
      createdAt: hoursAgo(hours),
      targets: {
        create: {
          sid: newSid('ME'),
          messageSid: newSid('MM'),
          accountSid: 'AC1',
          previews: target.local,
          upstream: 'pending',
          ...target,
        },
      },
    },
  });
  const { items } = await listDeletions(database, { state: 'stuck', limit: 10 });
  expect(items.map((item) => item.id)).toEqual(isStuck ? [String(id)] : []);
  const watch = watchStuckDeletions(database, createLogger('silent'));
  expect(await watch.check()).toBe(
    isStuck ? '1 stuck: GET /api/v1/deletions?state=stuck' : undefined,
  );
  await watch.stop();
  await database.prisma.deletion.delete({ where: { id } });
});
