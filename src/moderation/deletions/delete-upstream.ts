import { request } from 'undici';
import type { Database, Transaction } from '../../database/database.ts';
import { codeOf } from '../../errors/caught.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import type { AskTwilio } from '../../twilio/ask-twilio.ts';
import { checkMediaUrl, MediaUrlError } from '../../twilio/media-url.ts';
import type { TryUpstream } from './try-upstream.ts';
import {
  markUpstreamDone,
  readAnswer,
  type UpstreamAnswer,
  upstreamTarget,
} from './upstream-targets.ts';

interface DeleteUpstreamDeps {
  database: Database;
  queue: JobQueue;
  upstream: UpstreamCopies;
  tryUpstream: TryUpstream;
}

/**
 * The job `delete-upstream`: deletes Twilio's copy of one attachment, and retries until it is gone. When the
 * attachment itself stays stored here, there is no deletion to count the tries: its row does.
 */
export function createDeleteUpstream(deps: DeleteUpstreamDeps): JobHandler<'delete-upstream'> {
  const { database, queue, upstream, tryUpstream } = deps;

  return async ({ mediaSid, byHand = false }, signal) => {
    const media = await database.prisma.media.findUnique({ where: { sid: mediaSid } });
    if (media?.upstream !== 'deleting' || media.url === null) return;
    const target = await upstreamTarget(database, mediaSid);
    const task = {
      sid: mediaSid,
      logged: { mediaSid },
      accountSid: media.accountSid,
      target,
      byHand,
      attempts: target?.attempts ?? media.upstreamAttempts,
      since: media.deletedAt ?? media.storedAt ?? media.receivedAt,
    };
    await tryUpstream({
      ...task,
      requestDelete: () => upstream.deleteMedia(media, signal),
      async finish(tx) {
        // First, because it locks the row: a deletion that is being recorded has either read the row
        // before and is committed by now, or sees the new state.
        await tx.media.updateMany({
          where: { sid: mediaSid, upstream: 'deleting' },
          data: { upstream: 'deleted', ...(media.state === 'deleted' ? { url: null } : {}) },
        });
        await markUpstreamDone(tx, [mediaSid]);
      },
      async queueNext(tx, upstreamAttempts, startAfter) {
        await tx.media.updateMany({ where: { sid: mediaSid }, data: { upstreamAttempts } });
        await queue.send(tx, 'delete-upstream', [{ payload: { mediaSid }, startAfter }]);
      },
    });
  };
}

/** The job `delete-upstream-message`: deletes a message at Twilio, and retries until it is gone. */
export function createDeleteUpstreamMessage(
  deps: DeleteUpstreamDeps,
): JobHandler<'delete-upstream-message'> {
  const { database, queue, upstream, tryUpstream } = deps;

  return async ({ messageSid, byHand = false }, signal) => {
    const target = await upstreamTarget(database, messageSid);
    if (target === null) return;
    const { accountSid, attempts, forgottenAt } = target;
    await tryUpstream({
      sid: messageSid,
      logged: { messageSid },
      accountSid,
      target,
      attempts,
      byHand,
      since: forgottenAt ?? new Date(),
      requestDelete: () => upstream.deleteMessage({ accountSid, messageSid }, signal),
      finish: (tx) => markMessageGone(tx, messageSid),
      queueNext: (tx, _attempts, startAfter) =>
        queue.send(tx, 'delete-upstream-message', [{ payload: { messageSid }, startAfter }]),
    });
  };
}

/**
 * Twilio deletes the media of a message along with it, so they need no requests of their own. Rows are
 * locked in the order of `lockTargets`, then the targets, so that deletions that are being recorded are
 * either committed by then, or see that the copies are gone.
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

/** Twilio's own copies. */
interface UpstreamCopies {
  /** Deletes one attachment; a missing copy counts as done. */
  deleteMedia(
    media: { url: string | null; accountSid: string; messageSid: string },
    signal: AbortSignal,
  ): Promise<UpstreamAnswer>;
  /** Deletes one message, with all its media. */
  deleteMessage(
    message: { accountSid: string; messageSid: string },
    signal: AbortSignal,
  ): Promise<UpstreamAnswer>;
}

const TIMEOUT_MS = 15_000;

export function createUpstreamCopies(config: {
  apiBaseUrl: string;
  askTwilio: AskTwilio;
}): UpstreamCopies {
  const { apiBaseUrl, askTwilio } = config;

  async function deleteAt(
    url: string,
    accountSid: string,
    signal: AbortSignal,
  ): Promise<UpstreamAnswer> {
    try {
      const answer = await askTwilio(accountSid, (authorization) =>
        request(url, {
          method: 'DELETE',
          headers: { authorization },
          headersTimeout: TIMEOUT_MS,
          bodyTimeout: TIMEOUT_MS,
          signal,
        }),
      );
      const retryAfter = String(answer.headers['retry-after'] ?? '');
      return readAnswer(answer.statusCode, retryAfter, await answer.body.text());
    } catch (error) {
      signal.throwIfAborted();
      const reason = `Twilio could not be reached (${codeOf(error)})`;
      return { done: false, failure: 'outage', reason, retryAfterSeconds: 0 };
    }
  }

  return {
    async deleteMedia(media, signal) {
      const url = copyUrl(media, apiBaseUrl);
      if (url === null) return { done: true };
      return deleteAt(`${url}.json`, media.accountSid, signal);
    },
    deleteMessage({ accountSid, messageSid }, signal) {
      const path = `/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}.json`;
      return deleteAt(apiBaseUrl.replace(/\/$/, '') + path, accountSid, signal);
    },
  };
}

/** Null for a URL that was refused on arrival: it has no copy, and must not receive our credentials. */
function copyUrl(
  media: { url: string | null; accountSid: string; messageSid: string },
  apiBaseUrl: string,
): URL | null {
  try {
    return checkMediaUrl(media.url ?? '', media, apiBaseUrl).url;
  } catch (error) {
    if (error instanceof MediaUrlError) return null;
    throw error;
  }
}
