import { z } from 'zod';
import type { Transaction } from '../database/database.ts';
import {
  type MessageKey,
  messageSelection,
  NEWEST_FIRST,
  NEWEST_MESSAGE_FIRST,
  OLDEST_MESSAGE_FIRST,
} from '../database/message-order.ts';
import { type ScanSelection, scanPage, skipRows } from '../database/scan-rows.ts';
import { validate } from '../http/validate.ts';
import { addressParameter } from '../twilio/address-fields.ts';
import type { DateBounds } from './date-filter.ts';
import type { ListPage } from './media-list.ts';
import { type Paging, pageUri, type Token, writeToken } from './paging.ts';
import { messageResource } from './resources.ts';

/** The number of media of each message: as at Twilio, without deleted ones, and only visible ones. */
export async function countMedia(
  db: Transaction,
  messageSids: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db.$queryRaw<{ sid: string; count: number }[]>`
    SELECT message_sid AS sid, count(*)::int AS count FROM media
    WHERE message_sid = ANY(${messageSids}) AND state <> 'deleted' AND moderation = 'visible'
    GROUP BY message_sid`;
  return new Map(rows.map(({ sid, count }) => [sid, count]));
}

const addresses = z.object({
  From: addressParameter.nullable(),
  To: addressParameter.nullable(),
});

/**
 * An account's inbound messages, newest first. Like Twilio's current API this list has no `total`:
 * counting all messages for every page would be too expensive.
 *
 * @throws AppError `invalid_request` for an address that the database cannot hold
 */
export async function listAccountMessages(
  db: Transaction,
  accountSid: string,
  paging: Paging,
  sent: DateBounds,
  { path, query, extension }: { path: string; query: URLSearchParams; extension: 'json' | 'xml' },
): Promise<ListPage> {
  const { From, To } = validate(addresses, { From: query.get('From'), To: query.get('To') });
  const selection = await messageSelection(db, {
    accountSid,
    from: From || undefined,
    to: To || undefined,
    moderation: 'visible',
    received: sent,
    isThere: true,
    isOrdinary: true,
  });
  const { pageSize, page, token } = paging;
  const { keys, hasNext } = await readKeys(db, selection, paging);
  const sids = keys.map(({ sid }) => sid);
  const rows = await db.message.findMany({
    where: { sid: { in: sids }, deletedAt: null, moderation: 'visible', suspect: null },
    orderBy: [...NEWEST_FIRST],
  });
  const counts = await countMedia(db, sids);
  const [first, last] = [keys[0], keys.at(-1)];
  const begin = page * pageSize;
  const link = (number: number, at?: Token) =>
    pageUri(path, query, {
      pageSize,
      page: number,
      token: at === undefined ? undefined : writeToken(accountSid, at),
    });
  return {
    paging: {
      end: Math.max(begin, begin + keys.length - 1),
      first_page_uri: link(0),
      next_page_uri: hasNext && last ? link(page + 1, { after: writeKey(last) }) : null,
      page,
      page_size: pageSize,
      previous_page_uri: page > 0 ? link(page - 1, first && { before: writeKey(first) }) : null,
      start: begin,
      uri: link(page, token),
    },
    resources: rows.map((message) =>
      messageResource({ ...message, numMedia: counts.get(message.sid) ?? 0 }, extension),
    ),
  };
}

/** The messages of a page, newest first, and whether there is a next page. */
async function readKeys(
  db: Transaction,
  selection: ScanSelection,
  { pageSize, page, token }: Paging,
): Promise<{ keys: MessageKey[]; hasNext: boolean }> {
  if (token?.before !== undefined) {
    const before = readKey(token.before);
    const { page: keys } = await scanPage(db, OLDEST_MESSAGE_FIRST, selection, before, pageSize);
    // The next page has at least the message that the token names.
    return { keys: keys.toReversed(), hasNext: true };
  }
  const isFirst = token === undefined && page === 0;
  const after = isFirst
    ? undefined
    : token?.after === undefined
      ? await skipRows(db, NEWEST_MESSAGE_FIRST, selection, page * pageSize)
      : readKey(token.after);
  if (after === null) return { keys: [], hasNext: false };
  const { page: keys, last } = await scanPage(db, NEWEST_MESSAGE_FIRST, selection, after, pageSize);
  return { keys, hasNext: last !== undefined };
}

function writeKey({ receivedAt, sid }: MessageKey): string {
  return `${receivedAt.getTime()} ${sid}`;
}

function readKey(key: string): MessageKey {
  const [time, sid = ''] = key.split(' ');
  return { receivedAt: new Date(Number(time)), sid };
}
