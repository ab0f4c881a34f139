import type { Database } from '../database/database.ts';
import { jsonObject } from '../database/json-object.ts';
import { MESSAGE_ORDERS, messageSelection } from '../database/message-order.ts';
import { scanPage } from '../database/scan-rows.ts';
import type { Message, Prisma } from '../generated/prisma/client.ts';
import { textParam } from '../inbound/webhook-request.ts';
import { encodeCursor } from './cursor.ts';
import type { MessageListQuery } from './list-query.ts';
import {
  type DecisionItem,
  decisionOf,
  MEDIA_INCLUDE,
  type MediaItem,
  type MediaRow,
  mediaItem,
} from './media-items.ts';
import { type Visibility, visibilityFilter } from './visibility.ts';

/**
 * One message as the API returns it, with every attachment that the reader may see. A deleted one has no
 * text, location or phone numbers.
 */
export type MessageItem = Pick<
  Message,
  'sid' | 'accountSid' | 'source' | 'moderation' | 'receivedAt' | 'deletedAt' | 'suspect'
> &
  Record<'from' | 'to' | 'body', string | null> & {
    location: SharedLocation | null;
    /** For moderators. */
    decision?: DecisionItem | null;
    media: MediaItem[];
    /** For moderators, of a suspect message: nothing else of its content is stored. */
    params?: Message['params'];
  };

/** Relations to include for `messageItem`. */
export function messageInclude(visibility: Visibility) {
  return {
    media: {
      where: visibilityFilter(visibility),
      include: MEDIA_INCLUDE,
      orderBy: { index: 'asc' },
    },
  } as const satisfies Prisma.MessageInclude;
}

export function messageItem(
  row: Message & { media: MediaRow[] },
  visibility: Visibility,
): MessageItem {
  const { sid, accountSid, from, to, body, source, moderation, receivedAt, deletedAt, suspect } =
    row;
  // Parameters of a suspect message may be forged, so they are not shown as a location.
  const location = suspect === null ? sharedLocation(row.params) : null;
  // A tombstone shows none of them.
  const content =
    deletedAt === null
      ? { from, to, body, location }
      : { from: null, to: null, body: null, location: null };
  const media = row.media.map((attachment) => mediaItem(attachment, visibility));
  const isModerator = visibility === 'everything';
  return {
    sid,
    accountSid,
    ...content,
    source,
    moderation,
    ...(isModerator ? { decision: decisionOf(row) } : {}),
    receivedAt,
    deletedAt,
    suspect,
    media,
    ...(isModerator && suspect !== null ? { params: row.params } : {}),
  };
}

/** One page of messages with their media, newest or oldest first. */
export async function listMessages(
  { prisma }: Database,
  query: MessageListQuery,
  visibility: Visibility,
): Promise<{ items: MessageItem[]; nextCursor: string | null }> {
  const { cursor, order, limit, from, to, moderation, receivedAfter, receivedBefore } = query;
  const seen = visibilityFilter(visibility, moderation);
  const selection = await messageSelection(prisma, {
    from,
    to,
    ...seen,
    received: { gte: receivedAfter, lt: receivedBefore },
    // A filter by moderation state lists what can be moderated, so tombstones are excluded.
    isThere: moderation !== undefined,
  });
  let after = cursor && { receivedAt: cursor.receivedAt, sid: cursor.messageSid };
  for (;;) {
    const { page, last } = await scanPage(prisma, MESSAGE_ORDERS[order], selection, after, limit);
    const rows = await prisma.message.findMany({
      // Messages that were held back since the scan are left out.
      where: { sid: { in: page.map(({ sid }) => sid) }, ...seen },
      include: messageInclude(visibility),
    });
    const rowOf = new Map(rows.map((row) => [row.sid, row]));
    const items = page.flatMap(({ sid }) => {
      const row = rowOf.get(sid);
      return row === undefined ? [] : [messageItem(row, visibility)];
    });
    if (last === undefined) return { items, nextCursor: null };
    // An empty page means the end of the list, so scan on when all items have just changed.
    if (items.length > 0) {
      return {
        items,
        nextCursor: encodeCursor({ ...last, messageSid: last.sid, index: 0 }, order),
      };
    }
    after = last;
  }
}

/** A location that was sent as a message of its own, as in WhatsApp. */
interface SharedLocation {
  /** In degrees. */
  latitude: number;
  longitude: number;
  /** Of the place; null when the sender did not choose a named place. */
  address: string | null;
  /** Its name. */
  label: string | null;
}

/**
 * The location in the parameters of a webhook: Twilio sends `Latitude`, `Longitude`, `Address` and `Label`
 * with an empty `Body` (https://www.twilio.com/docs/messaging/guides/webhook-request).
 *
 * @param params as they are stored
 * @returns null without coordinates, or when they are out of range
 */
export function sharedLocation(params: unknown): SharedLocation | null {
  const text = (name: string) => textParam(jsonObject(params), name).trim();
  const latitude = degrees(text('Latitude'), 90);
  const longitude = degrees(text('Longitude'), 180);
  if (latitude === null || longitude === null) return null;
  return {
    latitude,
    longitude,
    address: text('Address') || null,
    label: text('Label') || null,
  };
}

function degrees(text: string, max: number): number | null {
  if (!/^[+-]?\d{1,3}(\.\d{1,20})?$/.test(text)) return null;
  const value = Number(text);
  return Math.abs(value) <= max ? value : null;
}
