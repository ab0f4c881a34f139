import type { Logger } from 'pino';
import type { JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Database } from '../storage/database.ts';
import type { UpstreamMedia } from './upstream-media.ts';

// Twilio may want more than a minute after arrival [error 20009], rarely up to 14 days.
const FIRST_DELAY_SECONDS = 60;
const LONGEST_DELAY_SECONDS = 6 * 3600;
const GIVE_UP_AFTER_MS = 15 * 86_400_000;

/**
 * The job `delete-upstream`: deletes Twilio's own copy of one media. Refusals and outages are tried
 * again for 15 days.
 */
export function createDeleteUpstream(deps: {
  database: Database;
  queue: JobQueue;
  upstream: UpstreamMedia;
  log: Logger;
}): JobHandler<'delete-upstream'> {
  const { database, queue, upstream, log } = deps;

  return async ({ mediaSid, attempts = 0 }, signal) => {
    const media = await database.prisma.media.findUnique({ where: { sid: mediaSid } });
    if (media?.upstream !== 'deleting' || media.url === null) return;
    const answer = await upstream.delete(media, signal);
    if (answer.done) {
      await database.prisma.media.updateMany({
        where: { sid: mediaSid, upstream: 'deleting' },
        data: { upstream: 'deleted', ...(media.state === 'deleted' ? { url: null } : {}) },
      });
      return;
    }
    const since = media.deletedAt ?? media.storedAt ?? media.receivedAt;
    if (Date.now() - since.getTime() > GIVE_UP_AFTER_MS) {
      log.error({ mediaSid, attempts }, `upstream copy not deleted, given up: ${answer.reason}`);
      return;
    }
    const backoff = FIRST_DELAY_SECONDS * 2 ** Math.min(attempts, 16);
    const seconds = Math.max(
      Math.min(LONGEST_DELAY_SECONDS, answer.tooEarly ? FIRST_DELAY_SECONDS : backoff),
      answer.retryAfterSeconds,
    );
    const startAfter = new Date(Date.now() + seconds * (1 + Math.random() / 4) * 1000);
    log.warn({ mediaSid, attempts, startAfter }, `upstream copy not deleted yet: ${answer.reason}`);
    await database.prisma.$transaction((tx) =>
      queue.send(tx, 'delete-upstream', [
        { payload: { mediaSid, attempts: attempts + 1 }, startAfter },
      ]),
    );
  };
}
