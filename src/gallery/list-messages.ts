import type { Message, Prisma } from '../generated/prisma/client.ts';
import { cutPage } from '../storage/cut-page.ts';
import type { Database } from '../storage/database.ts';
import { isAfterMessage, NEWEST_FIRST, OLDEST_FIRST } from '../storage/message-order.ts';
import { encodeCursor } from './cursor.ts';
import type { MessageListQuery } from './list-query.ts';
import { MEDIA_INCLUDE, type MediaItem, type MediaRow, mediaItem } from './media-item.ts';
import { mayBeSeen, type Sight } from './sight.ts';

/**
 * One message as the API tells it, with every attachment that the reader sees. A deleted one has neither
 * text nor numbers.
 */
export type MessageItem = Pick<
  Message,
  'sid' | 'accountSid' | 'source' | 'receivedAt' | 'deletedAt'
> &
  Record<'from' | 'to' | 'body', string | null> & { media: MediaItem[] };

/** What to read along with a message so that it can be shown. */
export function messageInclude(sight: Sight) {
  return {
    media: { where: mayBeSeen(sight), include: MEDIA_INCLUDE, orderBy: { index: 'asc' } },
  } as const satisfies Prisma.MessageInclude;
}

export function messageItem(row: Message & { media: MediaRow[] }, sight: Sight): MessageItem {
  const { sid, accountSid, from, to, body, source, receivedAt, deletedAt } = row;
  const words = deletedAt === null ? { from, to, body } : { from: null, to: null, body: null };
  const media = row.media.map((attachment) => mediaItem(attachment, sight));
  return { sid, accountSid, ...words, source, receivedAt, deletedAt, media };
}

/** One page of messages with their media, newest first or oldest. */
export async function listMessages(
  { prisma }: Database,
  query: MessageListQuery,
  sight: Sight,
): Promise<{ items: MessageItem[]; nextCursor: string | null }> {
  const { cursor, order, from, to, receivedAfter, receivedBefore } = query;
  const isAfter = cursor && isAfterMessage(cursor.receivedAt, cursor.messageSid, order);
  const filter: Prisma.MessageWhereInput = {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    receivedAt: {
      ...(receivedAfter === undefined ? {} : { gte: receivedAfter }),
      ...(receivedBefore === undefined ? {} : { lt: receivedBefore }),
    },
  };
  const rows = await prisma.message.findMany({
    where: { AND: [filter, isAfter ?? {}] },
    orderBy: [...(order === 'oldest' ? OLDEST_FIRST : NEWEST_FIRST)],
    include: messageInclude(sight),
    take: query.limit + 1,
  });
  const { page, last } = cutPage(rows, query.limit);
  return {
    items: page.map((row) => messageItem(row, sight)),
    nextCursor:
      last === undefined ? null : encodeCursor({ ...last, messageSid: last.sid, index: 0 }, order),
  };
}
