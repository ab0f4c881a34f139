import { z } from 'zod';
import type { Prisma } from '../generated/prisma/client.ts';
import { addressParameter } from '../http/address-schema.ts';
import { validate } from '../http/validate.ts';
import { cutPage } from '../storage/cut-page.ts';
import type { Database } from '../storage/database.ts';
import { isAfterMessage, NEWEST_FIRST } from '../storage/message-order.ts';
import type { DateBounds } from './date-filter.ts';
import type { ListPage } from './media-list.ts';
import { messageResource } from './message-resource.ts';
import { type Paging, pageUri, writeToken } from './paging.ts';

/** What Twilio counts as a message's media: those that were not deleted and may be seen. */
export const COUNT_MEDIA = {
  _count: { select: { media: { where: { state: { not: 'deleted' }, moderation: 'visible' } } } },
} as const satisfies Prisma.MessageInclude;

const addresses = z.object({
  From: addressParameter.nullable(),
  To: addressParameter.nullable(),
});

/**
 * An account's inbound messages, newest first. Like Twilio's today this list has no `total`: to
 * count all messages for every page would cost more than it tells.
 *
 * @throws AppError `invalid_request` for an address that the database cannot hold
 */
export async function listAccountMessages(
  { prisma }: Database,
  accountSid: string,
  { pageSize, page, after }: Paging,
  sent: DateBounds,
  { path, query, extension }: { path: string; query: URLSearchParams; extension: 'json' | 'xml' },
): Promise<ListPage> {
  const { From: from, To: to } = validate(addresses, {
    From: query.get('From'),
    To: query.get('To'),
  });
  const rows = await prisma.message.findMany({
    where: {
      AND: [
        { accountSid, receivedAt: sent, deletedAt: null, moderation: 'visible' },
        ...(from ? [{ from }] : []),
        ...(to ? [{ to }] : []),
        ...(after === null ? [] : [isAfter(after)]),
      ],
    },
    orderBy: [...NEWEST_FIRST],
    include: COUNT_MEDIA,
    skip: after === null ? page * pageSize : 0,
    take: pageSize + 1,
  });
  const { page: shown, last } = cutPage(rows, pageSize);
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

function isAfter(key: string): Prisma.MessageWhereInput {
  const [time, sid = ''] = key.split(' ');
  return isAfterMessage(new Date(Number(time)), sid);
}
