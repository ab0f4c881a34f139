import type { Database } from '../../database/database.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import type { TryUpstream } from './try-upstream.ts';
import type { UpstreamCopies } from './upstream-copies.ts';
import { markUpstreamDone, upstreamTarget } from './upstream-targets.ts';

export interface DeleteUpstreamDeps {
  database: Database;
  queue: JobQueue;
  upstream: UpstreamCopies;
  tryUpstream: TryUpstream;
}

/**
 * The job `delete-upstream`: deletes Twilio's own copy of one media, until it is gone. Of a media that is
 * stored here and wanted here alone no deletion counts the tries, but its row.
 */
export function createDeleteUpstream(deps: DeleteUpstreamDeps): JobHandler<'delete-upstream'> {
  const { database, queue, upstream, tryUpstream } = deps;

  return async ({ mediaSid, byHand = false }, signal) => {
    const media = await database.prisma.media.findUnique({ where: { sid: mediaSid } });
    if (media?.upstream !== 'deleting' || media.url === null) return;
    const target = await upstreamTarget(database, mediaSid);
    const task = {
      ...{ sid: mediaSid, logged: { mediaSid }, accountSid: media.accountSid, target, byHand },
      attempts: target?.attempts ?? media.upstreamAttempts,
      since: media.deletedAt ?? media.storedAt ?? media.receivedAt,
    };
    await tryUpstream({
      ...task,
      ask: () => upstream.deleteMedia(media, signal),
      async finish(tx) {
        // First, as it locks the row: a deletion that is being recorded has read it before, and is
        // committed now, or sees it as it becomes.
        await tx.media.updateMany({
          where: { sid: mediaSid, upstream: 'deleting' },
          data: { upstream: 'deleted', ...(media.state === 'deleted' ? { url: null } : {}) },
        });
        await markUpstreamDone(tx, [mediaSid]);
      },
      async sendAgain(tx, upstreamAttempts, startAfter) {
        await tx.media.updateMany({ where: { sid: mediaSid }, data: { upstreamAttempts } });
        await queue.send(tx, 'delete-upstream', [{ payload: { mediaSid }, startAfter }]);
      },
    });
  };
}
