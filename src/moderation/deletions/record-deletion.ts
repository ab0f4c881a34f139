import type { Database, Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import { isMutedSender } from '../../events/record-events.ts';
import { type Media, type Message, Prisma } from '../../generated/prisma/client.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { addressesOf } from '../../twilio/channel-address.ts';
import type { Decider } from '../decisions.ts';

/** What a delete selects, starting from the attachment that it names. */
export const DELETION_SCOPES = ['one', 'same-bytes', 'message', 'sender'] as const;

export type DeletionScope = (typeof DELETION_SCOPES)[number];

/** What a deletion selects: conditions on the tables `media` and `message`. */
export interface DeletionSelection {
  media: Prisma.Sql;
  /** Null when messages are kept. */
  messages: Prisma.Sql | null;
}

/** Messages with all their media. */
export function ofMessages(sids: readonly string[]): DeletionSelection {
  return {
    media: Prisma.sql`media.message_sid = ANY(${sids})`,
    messages: Prisma.sql`message.sid = ANY(${sids})`,
  };
}

/**
 * What a scope selects for an attachment. It may be deleted already: a wider scope selects what is left.
 *
 * With messages all media of each are selected, because Twilio deletes them along with it; for a sender,
 * messages that never had media are selected, too.
 *
 * @throws AppError `not_found`; `invalid_request` for the scope `sender` when the sender is not known
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

/** Who requested a deletion, what and why, as its record says. */
export interface NewDeletion extends Decider {
  /** A `DeletionScope`, or another code for what was requested. */
  scope: string;
  /** The attachment that the request named, if it named one. */
  mediaSid: string | null;
}

// The caller runs the deletion at once; the job takes over when its process ends in the middle.
const BACKSTOP_MS = 10_000;

/**
 * Records what is to be deleted, and queues the job that deletes it. Nothing is deleted yet.
 *
 * @param tx the caller commits it
 * @param delayMs of the job, for callers that run the deletion themselves; 0 for those that do not
 * @returns the deletion's id, and how many targets it has; with none the caller must roll back
 */
export async function recordDeletion(
  tx: Transaction,
  queue: JobQueue,
  { actor, scope, mediaSid, reasonCode, reason }: NewDeletion,
  selection: DeletionSelection,
  delayMs = BACKSTOP_MS,
): Promise<{ id: bigint; targets: number }> {
  const { id } = await tx.deletion.create({
    data: {
      requestedBy: actor,
      scope,
      mediaSid,
      reasonCode,
      reason,
      withMessages: selection.messages !== null,
    },
  });
  const targets = await addTargets(tx, id, selection);
  const startAfter = new Date(Date.now() + delayMs);
  await queue.send(tx, 'delete-local', [{ payload: { deletionId: String(id) }, startAfter }]);
  return { id, targets };
}

/**
 * Adds what a selection has to the targets of a deletion. It must not be among them.
 *
 * @returns how many it has
 */
export async function addTargets(
  tx: Transaction,
  id: bigint,
  { media, messages }: DeletionSelection,
): Promise<number> {
  let targets = await tx.$executeRaw(Prisma.sql`
    INSERT INTO deletion_target (sid, kind, deletion_id, message_sid, account_sid)
    SELECT sid, 'media', ${id}, message_sid, account_sid FROM media WHERE state <> 'deleted' AND ${media}`);
  if (messages !== null) {
    targets += await tx.$executeRaw(Prisma.sql`
      INSERT INTO deletion_target (sid, kind, deletion_id, message_sid, account_sid)
      SELECT sid, 'message', ${id}, sid, account_sid FROM message WHERE deleted_at IS NULL AND ${messages}`);
  }
  return targets;
}

/**
 * Marks messages of a deletion whose sender is muted now, so that they emit no events even if the mute ends
 * before they are tombstones.
 *
 * @param prisma a transaction that has locked no media: their locks come before those of messages
 */
export async function keepMutes(prisma: Transaction, deletionId: bigint): Promise<void> {
  // LATERAL and ANY, because a join may be planned as one of the whole table.
  await prisma.$executeRaw(Prisma.sql`
    UPDATE message SET muted = true
    WHERE sid = ANY (ARRAY(
      SELECT to_mute.sid
      FROM (
        SELECT sid FROM deletion_target WHERE deletion_id = ${deletionId} AND kind = 'message' ORDER BY sid
      ) AS target
      CROSS JOIN LATERAL (
        SELECT message.sid FROM message
        WHERE message.sid = target.sid AND NOT muted AND deleted_at IS NULL
          AND ${isMutedSender(Prisma.sql`message."from"`)}
        FOR NO KEY UPDATE OF message
      ) AS to_mute
    ))`);
}
