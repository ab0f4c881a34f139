import { AppError } from '../errors.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import type { Database } from '../storage/database.ts';
import type { DateBounds } from './date-filter.ts';
import type { ListPage } from './media-list.ts';
import { messageResource } from './message-resource.ts';
import { type Paging, pageUri, writeToken } from './paging.ts';

/** What Twilio counts as a message's media: those that were not deleted and may be seen. */
export const COUNT_MEDIA = {
  _count: { select: { media: { where: { state: { not: 'deleted' }, moderation: 'visible' } } } },
} as const satisfies Prisma.MessageInclude;

/**
 * An account's inbound messages, newest first. Like Twilio's today this list has no `total`: to
 * count all messages for every page would cost more than it tells.
 */
export async function listAccountMessages(
  { prisma }: Database,
  accountSid: string,
  { pageSize, page, after }: Paging,
  sent: DateBounds,
  { path, query, extension }: { path: string; query: URLSearchParams; extension: 'json' | 'xml' },
): Promise<ListPage> {
  const [from, to] = [readAddress(query, 'From'), readAddress(query, 'To')];
  const rows = await prisma.message.findMany({
    where: {
      AND: [
        { accountSid, receivedAt: sent },
        ...(from ? [{ from }] : []),
        ...(to ? [{ to }] : []),
        ...(after === null ? [] : [isAfter(after)]),
      ],
    },
    orderBy: [{ receivedAt: 'desc' }, { sid: 'desc' }],
    include: COUNT_MEDIA,
    skip: after === null ? page * pageSize : 0,
    take: pageSize + 1,
  });
  const shown = rows.slice(0, pageSize);
  const last = rows.length > pageSize ? shown.at(-1) : undefined;
  const begin = page * pageSize;
  const link = (number: number, key?: string) =>
    pageUri(path, query, {
      ...{ pageSize, page: number },
      token: key === undefined ? undefined : writeToken(accountSid, key),
    });
  return {
    paging: {
      end: Math.max(begin, begin + shown.length - 1),
      first_page_uri: link(0),
      next_page_uri:
        last === undefined ? null : link(page + 1, `${last.receivedAt.getTime()} ${last.sid}`),
      page,
      page_size: pageSize,
      previous_page_uri: page > 0 ? link(page - 1) : null,
      start: begin,
      uri: link(page, after ?? undefined),
    },
    resources: shown.map(({ _count, ...message }) =>
      messageResource({ ...message, numMedia: _count.media }, extension),
    ),
  };
}

/** @throws AppError `invalid_request` for what the database cannot hold */
function readAddress(query: URLSearchParams, name: string): string | null {
  // In a query string a bare + means a space, and no address begins with one.
  const address = query.get(name)?.replace(/^ /, '+') ?? null;
  if (!address?.includes('\0')) return address;
  const message = 'may hold no NUL characters';
  throw new AppError('invalid_request', `${name} ${message}.`, {
    fields: [{ field: name, message }],
  });
}

function isAfter(key: string): Prisma.MessageWhereInput {
  const [time, sid = ''] = key.split(' ');
  const receivedAt = new Date(Number(time));
  return {
    receivedAt: { lte: receivedAt },
    OR: [{ receivedAt: { lt: receivedAt } }, { sid: { lt: sid } }],
  };
}
