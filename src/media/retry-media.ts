import type { Database } from '../database/database.ts';
import { NEWEST_MEDIA_FIRST } from '../database/media-scan.ts';
import { scanRows } from '../database/scan-rows.ts';
import { AppError } from '../errors/app-error.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';

/**
 * Retries a failed attachment at once. When the period of automatic retries is over and the minimum of
 * tries is used up, it is tried only once.
 *
 * @throws AppError `not_found`, `media_deleted`, or `conflict` for an attachment that has not failed or
 *   has no URL to fetch
 */
export type RetryMedia = (sid: string) => Promise<void>;

const BY_HAND = 'Retried by hand';
const BATCH = 100;
const ALL = Prisma.sql`true`;

export function createRetryMedia(database: Database, queue: JobQueue): RetryMedia {
  return (sid) =>
    database.prisma.$transaction(async (tx) => {
      const { count } = await tx.media.updateMany({
        where: { sid, state: 'failed', url: { not: null } },
        data: retried(),
      });
      if (count === 1) return queue.send(tx, 'fetch-media', [{ payload: { mediaSid: sid } }]);
      const media = await tx.media.findUnique({ where: { sid } });
      if (media === null) throw new AppError('not_found', 'There is no media with this sid.');
      if (media.state === 'deleted') throw new AppError('media_deleted', 'It was deleted.');
      const why = media.state === 'failed' ? 'it has no URL to fetch' : `it is ${media.state}`;
      throw new AppError('conflict', `It cannot be tried again: ${why}.`);
    });
}

/**
 * Retries, in the same way, every failed attachment that has a URL to fetch and is not quarantined.
 *
 * @param receivedSince only attachments of messages received since then
 * @returns how many
 */
export type RetryFailed = (receivedSince: Date | undefined) => Promise<number>;

export function createRetryFailed({ prisma }: Database, queue: JobQueue): RetryFailed {
  return async (receivedSince) => {
    const since = receivedSince === undefined ? ALL : Prisma.sql`received_at >= ${receivedSince}`;
    // Quarantined attachments include those of blocked senders: they are retried only one at a time.
    const isRetried = { url: { not: null }, moderation: { not: 'quarantined' } } as const;
    const selection = {
      ranges: [Prisma.sql`state = 'failed' AND ${since}`],
      filter: Prisma.sql`url IS NOT NULL AND moderation <> 'quarantined'`,
    };
    let count = 0;
    for await (const failed of scanRows(prisma, NEWEST_MEDIA_FIRST, selection)) {
      for (let begin = 0; begin < failed.length; begin += BATCH) {
        const sids = failed.slice(begin, begin + BATCH).map(({ sid }) => sid);
        count += await prisma.$transaction(async (tx) => {
          // Skips those that were retried or deleted meanwhile.
          const again = await tx.media.updateManyAndReturn({
            where: { ...isRetried, state: 'failed', sid: { in: sids } },
            data: retried(),
            select: { sid: true },
          });
          const jobs = again.map(({ sid }) => ({ payload: { mediaSid: sid } }));
          await queue.send(tx, 'fetch-media', jobs);
          return again.length;
        });
      }
    }
    return count;
  };
}

function retried() {
  return {
    state: 'pending',
    reason: BY_HAND,
    failureCode: null,
    nextAttemptAt: new Date(),
  } as const;
}
