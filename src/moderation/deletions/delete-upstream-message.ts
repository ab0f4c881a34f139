import type { Transaction } from '../../database/database.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { DeleteUpstreamDeps } from './delete-upstream.ts';
import { markUpstreamDone, upstreamTarget } from './upstream-targets.ts';

/** The job `delete-upstream-message`: deletes a message at Twilio, until it is gone. */
export function createDeleteUpstreamMessage(
  deps: DeleteUpstreamDeps,
): JobHandler<'delete-upstream-message'> {
  const { database, queue, upstream, tryUpstream } = deps;

  return async ({ messageSid, byHand = false }, signal) => {
    const target = await upstreamTarget(database, messageSid);
    if (target === null) return;
    const { accountSid, attempts, forgottenAt } = target;
    await tryUpstream({
      ...{ sid: messageSid, logged: { messageSid }, accountSid, target, attempts, byHand },
      since: forgottenAt ?? new Date(),
      ask: () => upstream.deleteMessage({ accountSid, messageSid }, signal),
      finish: (tx) => markMessageGone(tx, messageSid),
      sendAgain: (tx, _attempts, startAfter) =>
        queue.send(tx, 'delete-upstream-message', [{ payload: { messageSid }, startAfter }]),
    });
  };
}

/**
 * Twilio deletes the media of a message along with it: nobody has to ask for them any more. Rows are locked
 * in the order of `lockTargets`, the targets behind them, so that deletions that are being recorded are
 * committed by then, or see that the copies are gone.
 */
async function markMessageGone(tx: Transaction, messageSid: string): Promise<void> {
  await tx.$queryRaw`
    SELECT sid FROM media WHERE message_sid = ${messageSid} ORDER BY sid FOR UPDATE`;
  await tx.$queryRaw`SELECT sid FROM message WHERE sid = ${messageSid} FOR NO KEY UPDATE`;
  await tx.media.updateMany({
    where: { messageSid, state: 'deleted', upstream: { in: ['kept', 'deleting'] } },
    data: { upstream: 'deleted', url: null },
  });
  const targets = await tx.$queryRaw<{ sid: string }[]>`
    SELECT sid FROM deletion_target
    WHERE message_sid = ${messageSid} AND upstream IN ('pending', 'retrying')
    ORDER BY sid, deletion_id FOR UPDATE`;
  await markUpstreamDone(
    tx,
    targets.map(({ sid }) => sid),
  );
}
