import type { Database, Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import { isMutedSender } from '../../events/record-events.ts';
import { type Media, type Message, Prisma } from '../../generated/prisma/client.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { addressesOf } from '../../twilio/channel-address.ts';
import type { Decider } from '../decisions.ts';

/** How far a delete reaches from the media it names. */
export const DELETION_SCOPES = ['one', 'same-bytes', 'message', 'sender'] as const;

export type DeletionScope = (typeof DELETION_SCOPES)[number];

/** What a deletion reaches: conditions on the tables `media` and `message`. */
export interface DeletionSelection {
  media: Prisma.Sql;
  /** Null where messages stay. */
  messages: Prisma.Sql | null;
}

/**
 * What a scope means for a media. It may be deleted already: a wider scope reaches what is left.
 *
 * With messages all media of each are reached, because Twilio deletes them along with it; of a sender,
 * messages that never had a media are, too.
 *
 * @throws AppError `not_found`; `invalid_request` for the scope of a sender that nobody knows
 */
export async function selectScope(
  { prisma }: Database,
  { sid, scope, withMessages }: { sid: string; scope: DeletionScope; withMessages: boolean },
): Promise<DeletionSelection> {
  const media = await prisma.media.findUnique({ where: { sid }, include: { message: true } });
  if (media === null) throw new AppError('not_found', 'There is no media with this sid.');
  if (scope === 'sender') {
    const sent = sentBy(media.message);
    const messages = Prisma.sql`message.sid IN (${sent})`;
    return {
      media: Prisma.sql`media.message_sid IN (${sent})`,
      messages: withMessages ? messages : null,
    };
  }
  const reached = ofMedia(media, scope);
  if (!withMessages) return { media: reached, messages: null };
  const sids = Prisma.sql`SELECT message_sid FROM media WHERE ${reached}`;
  return {
    media: Prisma.sql`media.message_sid IN (${sids})`,
    messages: Prisma.sql`message.sid IN (${sids})`,
  };
}

function ofMedia(media: Media, scope: Exclude<DeletionScope, 'sender'>): Prisma.Sql {
  const { sid, messageSid } = media;
  if (scope === 'message') return Prisma.sql`media.message_sid = ${messageSid}`;
  const sha256 = media.blobSha256 ?? media.deletedSha256;
  if (scope === 'one' || sha256 === null) return Prisma.sql`media.sid = ${sid}`;
  return Prisma.sql`(media.sid = ${sid} OR media.blob_sha256 = ${sha256})`;
}

function sentBy({ accountSid, from }: Message): Prisma.Sql {
  if (from === '') {
    const field = { field: 'scope', message: 'the sender of this media is not known' };
    throw new AppError('invalid_request', 'Not valid: scope.', { fields: [field] });
  }
  return Prisma.sql`
    SELECT sid FROM message WHERE message."from" = ANY(${addressesOf(from)}) AND message.account_sid = ${accountSid}`;
}

/** What a deletion record says of who asked for what. */
export interface NewDeletion extends Decider {
  /** A `DeletionScope`, or another word that says what was asked for. */
  scope: string;
  /** The media that it was asked for by, where it was. */
  mediaSid: string | null;
}

// Whoever asked does it at once; the job is for those whose process ends in the middle.
const BACKSTOP_MS = 10_000;

/**
 * Writes down what is to be deleted, and sends the job that does so. Nothing is deleted yet.
 *
 * @param tx the caller commits it
 * @param delayMs of the job, for callers that run the deletion themselves; 0 for those that do not
 * @returns the deletion's id, and how many targets it has; with none the caller has to roll back
 */
export async function recordDeletion(
  tx: Transaction,
  queue: JobQueue,
  { actor, scope, mediaSid, reasonCode, reason }: NewDeletion,
  { media, messages }: DeletionSelection,
  delayMs = BACKSTOP_MS,
): Promise<{ id: bigint; targets: number }> {
  const { id } = await tx.deletion.create({
    data: {
      requestedBy: actor,
      scope,
      mediaSid,
      reasonCode,
      reason,
      withMessages: messages !== null,
    },
  });
  let targets = await tx.$executeRaw(Prisma.sql`
    INSERT INTO deletion_target (sid, kind, deletion_id, message_sid, account_sid)
    SELECT sid, 'media', ${id}, message_sid, account_sid FROM media WHERE state <> 'deleted' AND ${media}`);
  if (messages !== null) {
    targets += await tx.$executeRaw(Prisma.sql`
      INSERT INTO deletion_target (sid, kind, deletion_id, message_sid, account_sid)
      SELECT sid, 'message', ${id}, sid, account_sid FROM message WHERE deleted_at IS NULL AND ${messages}`);
  }
  const startAfter = new Date(Date.now() + delayMs);
  await queue.send(tx, 'delete-local', [{ payload: { deletionId: String(id) }, startAfter }]);
  return { id, targets };
}

/**
 * Marks messages of a deletion whose sender is muted now: nothing is told of them, should the mute end before
 * they are tombstones.
 *
 * @param prisma a transaction that has locked no media: their locks come before those of messages
 */
export async function keepMutes(prisma: Transaction, deletionId: bigint): Promise<void> {
  await prisma.$executeRaw(Prisma.sql`
    UPDATE message SET muted = true
    FROM (
      SELECT message.sid AS muted_sid
      FROM deletion_target AS target JOIN message ON message.sid = target.sid
      WHERE target.deletion_id = ${deletionId} AND target.kind = 'message'
        AND NOT muted AND deleted_at IS NULL AND ${isMutedSender(Prisma.sql`message."from"`)}
      ORDER BY message.sid FOR NO KEY UPDATE OF message
    ) AS to_mute
    WHERE sid = muted_sid`);
}
