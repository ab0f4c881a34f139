import type { Transaction } from '../database/database.ts';
import { jsonObject } from '../database/json-object.ts';
import { MESSAGE_ORDERS, messageSelection } from '../database/message-order.ts';
import { scanPage } from '../database/scan-rows.ts';
import type { Message, Prisma } from '../generated/prisma/client.ts';
import type { TwoWayPage } from '../http/paging.ts';
import { suspicion } from '../inbound/inbound-message.ts';
import { readMessageDetails } from '../inbound/read-message-details.ts';
import { cursorsAround } from './cursor.ts';
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
 * text, details or phone numbers.
 */
export function messageItem(
  row: Message & { media: MediaRow[] },
  visibility: Visibility,
): MessageItem {
  const { sid, accountSid, from, to, body, source, moderation, receivedAt, deletedAt, suspect } =
    row;
  // Parameters of a suspect message may be forged, so no details are read from them.
  const details = suspect === null ? readMessageDetails(row) : null;
  // A tombstone shows none of them.
  const content =
    deletedAt === null
      ? { from, to, body, location: details?.location ?? null, details }
      : { from: null, to: null, body: null, location: null, details: null };
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

const OPPOSITE = { newest: 'oldest', oldest: 'newest' } as const;

/** One page of messages with their media, newest or oldest first. */
export async function listMessages(
  db: Transaction,
  query: MessageListQuery,
  visibility: Visibility,
): Promise<TwoWayPage<MessageItem>> {
  const { cursor, order, limit, from, to, moderation, text, receivedAfter, receivedBefore } = query;
  const seen = visibilityFilter(visibility, moderation);
  const selection = await messageSelection(db, {
    from,
    to,
    ...seen,
    text,
    received: { gte: receivedAfter, lt: receivedBefore },
    // A filter by moderation state lists what can be moderated, so tombstones are excluded.
    isThere: moderation !== undefined,
  });
  const isBackwards = cursor?.page === 'previous';
  const scanned = MESSAGE_ORDERS[isBackwards ? OPPOSITE[order] : order];
  let after = cursor && { receivedAt: cursor.receivedAt, sid: cursor.messageSid };
  for (;;) {
    const { page, last } = await scanPage(db, scanned, selection, after, limit);
    const rows = await db.message.findMany({
      // Messages that were held back since the scan are left out.
      where: { sid: { in: page.map(({ sid }) => sid) }, ...seen },
      include: messageInclude(visibility),
    });
    const rowOf = new Map(rows.map((row) => [row.sid, row]));
    const items = page.flatMap(({ sid }) => {
      const row = rowOf.get(sid);
      return row === undefined ? [] : [messageItem(row, visibility)];
    });
    // An empty page means the end of the list, so scan on when all items have just changed.
    if (items.length > 0 || last === undefined) {
      const places = page.map(({ receivedAt, sid }) => ({ receivedAt, messageSid: sid, index: 0 }));
      const cursors = cursorsAround(places, last !== undefined, order, cursor?.page);
      return { items: isBackwards ? items.reverse() : items, ...cursors };
    }
    after = last;
  }
}
