import type { Message, Prisma } from '../generated/prisma/client.ts';
import type { Database } from '../storage/database.ts';
import { messageSelection, NEWEST_FIRST, NEWEST_MESSAGE_FIRST } from '../storage/message-order.ts';
import { scanPage } from '../storage/scan-rows.ts';
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

/** One page of messages with their media, newest first. */
export async function listMessages(
  { prisma }: Database,
  query: MessageListQuery,
  sight: Sight,
): Promise<{ items: MessageItem[]; nextCursor: string | null }> {
  const { cursor, limit, from, to, receivedAfter, receivedBefore } = query;
  const selection = await messageSelection(prisma, {
    from,
    to,
    received: { gte: receivedAfter, lt: receivedBefore },
  });
  const after = cursor && { receivedAt: cursor.receivedAt, sid: cursor.messageSid };
  const { page, last } = await scanPage(prisma, NEWEST_MESSAGE_FIRST, selection, after, limit);
  const rows = await prisma.message.findMany({
    where: { sid: { in: page.map(({ sid }) => sid) } },
    orderBy: [...NEWEST_FIRST],
    include: messageInclude(sight),
  });
  return {
    items: rows.map((row) => messageItem(row, sight)),
    nextCursor:
      last === undefined ? null : encodeCursor({ ...last, messageSid: last.sid, index: 0 }),
  };
}
