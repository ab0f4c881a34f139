import type { Transaction } from '../database/database.ts';
import { messageReceived } from '../events/event-payloads.ts';
import { isMutedSender, newEventId } from '../events/record-events.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { InboundMessage } from './inbound-message.ts';
import type { InitialModeration } from './initial-moderation.ts';

/** A message with its initial moderation. */
export type NewMessage = InboundMessage & InitialModeration;
type MessageInsert = ReturnType<typeof messageRow>;

export function messageRow({ message: initial, ...message }: NewMessage) {
  const { moderation, followsMedia } = initial;
  const isDecided = message.decidedBy !== null && moderation === 'quarantined';
  return {
    sid: message.sid,
    account_sid: message.accountSid,
    from: message.from,
    to: message.to,
    body: message.body,
    source: message.source,
    params: message.params,
    received_at: message.receivedAt,
    // The signature is unique: a suspect message leaves it to the genuine one that it may be forged from.
    signature_hash: message.suspect === null ? message.signatureHash : null,
    suspect: message.suspect,
    is_erased: message.isErased,
    moderation,
    follows_media: followsMedia,
    decided_by: isDecided ? message.decidedBy : null,
    decided_at: isDecided ? message.receivedAt : null,
    event_id: newEventId(),
    event_data: messageReceived({ ...message, moderation }).data,
  };
}

export type MediaInsert = ReturnType<typeof mediaRow>;

export function mediaRow(
  message: InboundMessage,
  media: InboundMessage['media'][number],
  { moderation, isRefused, decidedBy: decided_by }: InitialModeration,
) {
  const { from, to, receivedAt: received_at } = message;
  const { sid, index, url } = media;
  const isFetched = media.state === 'pending' && !isRefused;
  return {
    sid,
    message_sid: message.sid,
    account_sid: message.accountSid,
    index,
    url,
    from,
    to,
    received_at,
    moderation,
    isRefused,
    decided_by,
    decided_at: decided_by === null ? null : received_at,
    state: isFetched ? ('pending' as const) : ('failed' as const),
    reason: isRefused && media.state === 'pending' ? 'The sender is blocked' : media.reason,
    failure_code: isFetched ? null : isRefused ? 'sender-blocked' : 'bad-media-url',
    // Without a valid URL there is no upstream copy to delete.
    upstream: media.state === 'pending' ? 'kept' : 'none',
    next_attempt_at: isFetched ? received_at : null,
    declared_content_type: media.declaredContentType,
    file_name: null as string | null,
  };
}

/**
 * One statement for all rows of a group: its text never changes, so neither Prisma nor PostgreSQL
 * plans it again for each number of rows, and it is one round trip (measured: docs/performance.md).
 * Rows whose sid, or whose message's signature, exists already are skipped.
 *
 * @param tx the caller commits it
 * @param messages text without NUL or lone surrogates, which PostgreSQL rejects in JSON; the same for `media`
 * @returns sids of the rows that are new
 */
export async function insertRows(
  tx: Transaction,
  messages: readonly MessageInsert[],
  media: MediaInsert[],
): Promise<{ messages: string[]; media: string[] }> {
  const [inserted] = await tx.$queryRaw<[{ messages: string[]; media: string[] }]>(Prisma.sql`
    WITH given AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(messages)}::jsonb) AS row (
        sid text, account_sid text, "from" text, "to" text, body text, source text, params jsonb,
        received_at timestamptz, signature_hash text, suspect text, event_id text, event_data jsonb, is_erased boolean,
        moderation text, follows_media boolean, decided_by text, decided_at timestamptz
      )
    ), fresh AS (
      INSERT INTO message (sid, account_sid, "from", "to", body, source, params, received_at,
        signature_hash, suspect, muted, moderation, follows_media, decided_by, decided_at)
      SELECT sid, account_sid, "from", "to", body, source::"MessageSource", params, received_at,
        signature_hash, suspect, is_erased, moderation::"Moderation", follows_media, decided_by, decided_at
      FROM given
      ON CONFLICT DO NOTHING
      RETURNING sid
    ), recorded AS (
      INSERT INTO event (id, type, message_sid, data)
      SELECT event_id, 'message.received', sid, event_data FROM given JOIN fresh USING (sid)
      WHERE NOT is_erased AND suspect IS NULL AND NOT ${isMutedSender(Prisma.sql`given."from"`)}
      ORDER BY sid
    ), kept AS (
      INSERT INTO media (sid, message_sid, account_sid, index, url, "from", "to", received_at,
        state, moderation, decided_by, decided_at, upstream, reason, failure_code, next_attempt_at,
        declared_content_type, file_name)
      SELECT sid, message_sid, account_sid, index, url, "from", "to", received_at,
        state::"MediaState", moderation::"Moderation", decided_by, decided_at,
        upstream::"UpstreamState", reason, failure_code, next_attempt_at, declared_content_type,
        file_name
      FROM jsonb_to_recordset(${JSON.stringify(media)}::jsonb) AS row (
        sid text, message_sid text, account_sid text, index int, url text, "from" text, "to" text,
        received_at timestamptz, state text, moderation text, decided_by text,
        decided_at timestamptz, upstream text, reason text, failure_code text, next_attempt_at timestamptz,
        declared_content_type text, file_name text
      )
      WHERE ${messages.length === 0} OR message_sid IN (SELECT sid FROM fresh)
      ON CONFLICT (sid) DO NOTHING
      RETURNING sid
    )
    SELECT ARRAY(SELECT sid FROM fresh) AS messages, ARRAY(SELECT sid FROM kept) AS media`);
  return inserted;
}
