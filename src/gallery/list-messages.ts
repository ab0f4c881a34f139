import type { Message, Prisma } from '../generated/prisma/client.ts';
import { cutPage } from '../storage/cut-page.ts';
import type { Database } from '../storage/database.ts';
import { isAfterMessage, NEWEST_FIRST } from '../storage/message-order.ts';
import { encodeCursor } from './cursor.ts';
import type { MessageListQuery } from './list-query.ts';
import {
  type DecisionItem,
  decisionOf,
  MEDIA_INCLUDE,
  type MediaItem,
  type MediaRow,
  mediaItem,
} from './media-item.ts';
import { mayBeSeen, type Sight } from './sight.ts';

/**
 * One message as the API tells it, with every attachment that the reader sees. A deleted one has neither
 * text nor numbers.
 */
export type MessageItem = Pick<
  Message,
  'sid' | 'accountSid' | 'source' | 'moderation' | 'receivedAt' | 'deletedAt'
> &
  Record<'from' | 'to' | 'body', string | null> & {
    /** For moderators. */
    decision?: DecisionItem | null;
    media: MediaItem[];
  };

/** What to read along with a message so that it can be shown. */
export function messageInclude(sight: Sight) {
  return {
    media: { where: mayBeSeen(sight), include: MEDIA_INCLUDE, orderBy: { index: 'asc' } },
  } as const satisfies Prisma.MessageInclude;
}

export function messageItem(row: Message & { media: MediaRow[] }, sight: Sight): MessageItem {
  const { sid, accountSid, from, to, body, source, moderation, receivedAt, deletedAt } = row;
  const words = deletedAt === null ? { from, to, body } : { from: null, to: null, body: null };
  const media = row.media.map((attachment) => mediaItem(attachment, sight));
  const decision = sight === 'everything' ? { decision: decisionOf(row) } : {};
  const facts = { source, moderation, ...decision, receivedAt, deletedAt };
  return { sid, accountSid, ...words, ...facts, media };
}

/** One page of messages with their media, newest first. */
export async function listMessages(
  { prisma }: Database,
  query: MessageListQuery,
  sight: Sight,
): Promise<{ items: MessageItem[]; nextCursor: string | null }> {
  const { cursor, from, to, moderation, receivedAfter, receivedBefore } = query;
  const filter: Prisma.MessageWhereInput = {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    // Of tombstones there is nothing to decide.
    ...(moderation === undefined ? {} : { deletedAt: null }),
    ...mayBeSeen(sight, moderation),
    receivedAt: {
      ...(receivedAfter === undefined ? {} : { gte: receivedAfter }),
      ...(receivedBefore === undefined ? {} : { lt: receivedBefore }),
    },
  };
  const rows = await prisma.message.findMany({
    where: { AND: [filter, cursor ? isAfterMessage(cursor.receivedAt, cursor.messageSid) : {}] },
    orderBy: [...NEWEST_FIRST],
    include: messageInclude(sight),
    take: query.limit + 1,
  });
  const { page, last } = cutPage(rows, query.limit);
  return {
    items: page.map((row) => messageItem(row, sight)),
    nextCursor:
      last === undefined ? null : encodeCursor({ ...last, messageSid: last.sid, index: 0 }),
  };
}
