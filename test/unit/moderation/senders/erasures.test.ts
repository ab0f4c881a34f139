import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SpooledMessage } from '../../../../src/inbound/spool/spooled-messages.ts';
import { createErasures } from '../../../../src/moderation/senders/erasures.ts';
import { createSenderIds } from '../../../../src/moderation/senders/sender-id.ts';
import { openTestQueue, type TestQueue } from '../../../support/test-queue.ts';

let opened: TestQueue;
beforeEach(async () => {
  opened = await openTestQueue();
});
afterEach(() => opened.close());

const DECIDER = { actor: 'somebody', reasonCode: null, reason: null };

function erasuresWith(everything: () => AsyncGenerator<SpooledMessage>) {
  const { database, queue } = opened;
  return createErasures({
    database,
    queue,
    senderIds: createSenderIds('a secret'),
    spool: { everything },
  });
}

async function* nothing(): AsyncGenerator<SpooledMessage> {}

/** A spool that can be read so many times. */
function readable(times: number): () => AsyncGenerator<SpooledMessage> {
  let left = times;
  return () => {
    if (left === 0) throw new Error('the disk does not answer');
    left -= 1;
    return nothing();
  };
}

test('an erasure that fails keeps nothing out: there is no mark of it', async () => {
  const { erasure } = opened.database.prisma;
  // Before its transaction, and in it.
  for (const times of [0, 1]) {
    const { begin } = erasuresWith(readable(times));
    await expect(begin('+15550001', DECIDER)).rejects.toThrow('the disk');
    expect(await erasure.count()).toBe(0);
  }
  await erasuresWith(nothing).begin('+15550001', DECIDER);
  expect(await erasure.count()).toBe(1);
});

test('its time is the database’s, whatever clock the machine has', async () => {
  const { prisma } = opened.database;
  const [{ now }] = await prisma.$queryRaw<[{ now: Date }]>`SELECT now()`;
  const { createdAt } = await erasuresWith(nothing).begin('+15550002', DECIDER);
  const milliseconds = createdAt.getTime() - now.getTime();
  expect(milliseconds).toBeGreaterThanOrEqual(-1);
  expect(milliseconds).toBeLessThan(60_000);
});
