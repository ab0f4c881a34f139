import type { Database } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import { type Media, type Message, Prisma } from '../../generated/prisma/client.ts';
import { addressesOf } from '../../twilio/channel-address.ts';

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
