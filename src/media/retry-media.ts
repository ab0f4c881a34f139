import { AppError } from '../errors.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Database } from '../storage/database.ts';

/**
 * Tries a failed media again, at once. Where its day of automatic tries is over, it is tried once.
 *
 * @throws AppError `not_found`, `media_deleted`, or `conflict` for one that has not failed or has no
 *   URL to fetch
 */
export type RetryMedia = (sid: string) => Promise<void>;

export function createRetryMedia(database: Database, queue: JobQueue): RetryMedia {
  return (sid) =>
    database.prisma.$transaction(async (tx) => {
      const { count } = await tx.media.updateMany({
        where: { sid, state: 'failed', url: { not: null } },
        data: { state: 'pending', reason: 'Tried again by hand', nextAttemptAt: new Date() },
      });
      if (count === 1) return queue.send(tx, 'fetch-media', [{ payload: { mediaSid: sid } }]);
      const media = await tx.media.findUnique({ where: { sid } });
      if (media === null) throw new AppError('not_found', 'There is no media with this sid.');
      if (media.state === 'deleted') throw new AppError('media_deleted', 'It was deleted.');
      const why = media.state === 'failed' ? 'it has no URL to fetch' : `it is ${media.state}`;
      throw new AppError('conflict', `It cannot be tried again: ${why}.`);
    });
}
