import type { JobQueue } from '../jobs/job-queue.ts';
import type { Database, Transaction } from '../storage/database.ts';
import type { InboundMessage } from './inbound-message.ts';
import { derivedSid } from './sids.ts';

/**
 * Writes messages that nobody has written before, with their media and the jobs that fetch them.
 * The unique key on the message's sid decides what is new, so two deliveries at the same moment are
 * one message.
 *
 * @param tx the caller commits it
 * @returns sids of the messages that were new
 */
export async function insertMessages(
  tx: Transaction,
  queue: JobQueue,
  messages: readonly InboundMessage[],
): Promise<Set<string>> {
  const inserted = await tx.message.createManyAndReturn({
    data: messages.map(({ media: _, ...message }) => ({
      ...message,
      params: message.params as object,
      source: 'webhook' as const,
    })),
    select: { sid: true },
    skipDuplicates: true,
  });
  const fresh = new Set(inserted.map(({ sid }) => sid));
  const rows = messages
    .filter(({ sid }) => fresh.has(sid))
    .flatMap((message) => message.media.map((media) => mediaRow(message, media)));
  if (rows.length === 0) return fresh;

  const kept = await tx.media.createManyAndReturn({
    data: rows,
    select: { sid: true },
    skipDuplicates: true,
  });
  const keptSids = new Set(kept.map(({ sid }) => sid));
  // Another message has a media of this sid: keep this one too, under a sid of ours.
  const displaced = rows
    .filter(({ sid }) => !keptSids.has(sid))
    .map((row) => ({ ...row, sid: derivedSid('ME', `${row.messageSid} ${row.index}`) }));
  if (displaced.length > 0) await tx.media.createMany({ data: displaced });

  const pending = [...rows.filter(({ sid }) => keptSids.has(sid)), ...displaced].filter(
    ({ state }) => state === 'pending',
  );
  await queue.send(
    tx,
    'fetch-media',
    pending.map(({ sid }) => ({ payload: { mediaSid: sid } })),
  );
  return fresh;
}

function mediaRow(message: InboundMessage, media: InboundMessage['media'][number]) {
  const { accountSid, from, to, receivedAt } = message;
  return {
    ...media,
    ...{ messageSid: message.sid, accountSid, from, to, receivedAt },
    nextAttemptAt: media.state === 'pending' ? receivedAt : null,
  };
}

/** How one transaction of a group ended: the sids that were new. */
export type WriteGroup = (messages: readonly InboundMessage[]) => Promise<Set<string>>;

/** One transaction around `insertMessages`; when it resolves, the commit is on disk. */
export function createGroupWriter(database: Database, queue: JobQueue): WriteGroup {
  return (messages) =>
    database.prisma.$transaction((tx) => insertMessages(tx, queue, messages), {
      maxWait: 10_000,
      timeout: 10_000,
    });
}
