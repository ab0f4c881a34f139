import type { Database } from '../database/database.ts';
import { jsonObject } from '../database/json-object.ts';
import { MESSAGE_ORDERS, messageSelection } from '../database/message-order.ts';
import { scanPage } from '../database/scan-rows.ts';
import type { Message, Prisma } from '../generated/prisma/client.ts';
import type { Page } from '../http/paging.ts';
import { suspicion } from '../inbound/inbound-message.ts';
import { textParam } from '../inbound/webhook-request.ts';
import { encodeCursor } from './cursor.ts';
import type { MessageItem } from './item-schemas.ts';
import type { MessageListQuery } from './list-query.ts';
import { decisionOf, MEDIA_INCLUDE, type MediaRow, mediaItem } from './media-items.ts';
import { type Visibility, visibilityFilter } from './visibility.ts';

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

/**
 * One message as the API returns it, with every attachment that the reader may see. A deleted one has no
 * text, location or phone numbers.
 */
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
    suspect: suspicion.nullable().parse(suspect),
    media,
    ...(isModerator && suspect !== null ? { params: jsonObject(row.params) } : {}),
  };
}

/** One page of messages with their media, newest or oldest first. */
export async function listMessages(
  { prisma }: Database,
  query: MessageListQuery,
  visibility: Visibility,
): Promise<Page<MessageItem>> {
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

/**
 * The location in the parameters of a webhook: Twilio sends `Latitude`, `Longitude`, `Address` and `Label`
 * with an empty `Body` (https://www.twilio.com/docs/messaging/guides/webhook-request).
 *
 * @param params as they are stored
 * @returns null without coordinates, or when they are out of range
 */
export function sharedLocation(params: unknown): MessageItem['location'] {
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
