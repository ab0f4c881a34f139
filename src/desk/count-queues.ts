import { setImmediate } from 'node:timers/promises';
import QuickLRU from 'quick-lru';
import { ALL_WORK, type Work } from '../auth/api-keys.ts';
import type { Database, Transaction } from '../database/database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { shareInProportion } from '../lifecycle/share-results.ts';
import { isOwnNumber } from '../moderation/own-numbers.ts';
import {
  isInQueue,
  QUEUES,
  type QueueName,
  type QueuePlace,
  queueOrder,
} from '../moderation/queues/queues.ts';
import type { Metrics } from '../monitoring/metrics.ts';

/** How many wait, and since when the one that waits longest; null when there is none. */
interface QueueCount {
  count: number;
  oldestAt: Date | null;
}

/**
 * Counts what is the work of a caller in all queues. A result is shared by those who work for the same numbers: it may be as
 * old as twenty times what counting takes.
 */
export type CountQueues = (work: Work) => Promise<Record<QueueName, QueueCount>>;

// So that pages that ask again and again take at most a twentieth of the database's time.
const SHARE_FACTOR = 20;
/** Sets of numbers that keys work for. */
const MAX_SHARED = 100;

export function createCountQueues({ lists }: Database): CountQueues {
  async function countQueue(db: Transaction, name: QueueName, work: Work): Promise<QueueCount> {
    let count = 0;
    let oldestAt: Date | null = null;
    for (let last: QueuePlace | undefined; ; ) {
      const window = await countWindow(db, name, work, last);
      count += window.count;
      oldestAt ??= window.oldestAt;
      if (window.scanned < MAX_COUNTED || window.since === null || window.sid === null) {
        return { count, oldestAt };
      }
      last = { since: window.since, sid: window.sid };
      // The embedded database runs one statement at a time: other work gets a turn between windows.
      await setImmediate();
    }
  }

  async function countAll(db: Transaction, work: Work): Promise<Record<QueueName, QueueCount>> {
    const counts = {} as Record<QueueName, QueueCount>;
    // One after the other: other statements get their turn in between.
    for (const name of QUEUES) counts[name] = await countQueue(db, name, work);
    return counts;
  }

  const shared = new QuickLRU<string, ReturnType<typeof share>>({ maxSize: MAX_SHARED });
  const share = (work: Work) =>
    shareInProportion(() => lists.read((db) => countAll(db, work)), SHARE_FACTOR);
  return (work) => {
    const numbers = work.numbers.toSorted().join(' ');
    const count = shared.get(numbers) ?? share(work);
    shared.set(numbers, count);
    return count();
  };
}

/** Rows of a window: they are read from the index alone, or nearly so. */
const MAX_COUNTED = 5000;

interface CountedWindow {
  scanned: number;
  /** Of those, how many match. */
  count: number;
  oldestAt: Date | null;
  /** The place of its last row; null when it is empty. */
  since: Date | null;
  sid: string | null;
}

async function countWindow(
  db: Transaction,
  name: QueueName,
  work: Work,
  last: QueuePlace | undefined,
): Promise<CountedWindow> {
  const { columns, orderBy, after } = queueOrder(name);
  const behind = last === undefined ? Prisma.sql`true` : after(last);
  const [window] = await db.$queryRaw<[CountedWindow]>`
    WITH scanned AS MATERIALIZED (
      SELECT ${Prisma.raw(columns.since)} AS since, sid, ${isOwnNumber(work)} AS matches FROM media
      WHERE ${isInQueue(name)} AND ${behind} ORDER BY ${orderBy} LIMIT ${MAX_COUNTED}
    ), ends AS (
      SELECT count(*)::int AS scanned, (count(*) FILTER (WHERE matches))::int AS count,
        min(since) FILTER (WHERE matches) AS "oldestAt", max(since) AS since FROM scanned
    )
    SELECT ends.*, (SELECT max(sid) FROM scanned WHERE scanned.since = ends.since) AS sid FROM ends`;
  return window;
}

/** The size of each queue, and how long the oldest has waited, as metrics. */
export function measureQueues(metrics: Metrics, countQueues: CountQueues): void {
  const read = async (figure: (count: QueueCount) => number) =>
    Object.entries(await countQueues(ALL_WORK)).map(
      ([queue, count]) => [{ queue }, figure(count)] as const,
    );
  metrics.gaugeBy(
    ['queue'],
    'mms_inbox_queue_items',
    'Attachments that wait for a moderator, by queue',
    () => read(({ count }) => count),
  );
  metrics.gaugeBy(
    ['queue'],
    'mms_inbox_queue_oldest_seconds',
    'How long the attachment that waits longest has waited, by queue; 0 for none',
    () =>
      read(({ oldestAt }) => (oldestAt === null ? 0 : (Date.now() - oldestAt.getTime()) / 1000)),
  );
}
