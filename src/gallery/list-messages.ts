import type { Message, Prisma } from '../generated/prisma/client.ts';
import { cutPage } from '../storage/cut-page.ts';
import type { Database } from '../storage/database.ts';
import { isAfterMessage, NEWEST_FIRST } from '../storage/message-order.ts';
import { encodeCursor } from './cursor.ts';
import type { MessageListQuery } from './list-query.ts';
import { MEDIA_INCLUDE, type MediaItem, type MediaRow, mediaItem } from './media-item.ts';

/** One message as the API tells it, with every attachment. */
export type MessageItem = Pick<
  Message,
  'sid' | 'accountSid' | 'from' | 'to' | 'body' | 'source' | 'receivedAt'
> & { media: MediaItem[] };

/** What to read along with a message so that it can be shown. */
export const MESSAGE_INCLUDE = {
  media: { include: MEDIA_INCLUDE, orderBy: { index: 'asc' } },
} as const;

export function messageItem(row: Message & { media: MediaRow[] }): MessageItem {
  const { sid, accountSid, from, to, body, source, receivedAt } = row;
  return { sid, accountSid, from, to, body, source, receivedAt, media: row.media.map(mediaItem) };
}

/** One page of messages with their media, newest first. */
export async function listMessages(
  { prisma }: Database,
  query: MessageListQuery,
): Promise<{ items: MessageItem[]; nextCursor: string | null }> {
  const { cursor, from, to, receivedAfter, receivedBefore } = query;
  const filter: Prisma.MessageWhereInput = {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    receivedAt: {
      ...(receivedAfter === undefined ? {} : { gte: receivedAfter }),
      ...(receivedBefore === undefined ? {} : { lt: receivedBefore }),
    },
  };
  const rows = await prisma.message.findMany({
    where: { AND: [filter, cursor ? isAfterMessage(cursor.receivedAt, cursor.messageSid) : {}] },
    orderBy: [...NEWEST_FIRST],
    include: MESSAGE_INCLUDE,
    take: query.limit + 1,
  });
  const { page, last } = cutPage(rows, query.limit);
  return {
    items: page.map(messageItem),
    nextCursor:
      last === undefined ? null : encodeCursor({ ...last, messageSid: last.sid, index: 0 }),
  };
}
