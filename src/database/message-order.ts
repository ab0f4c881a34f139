import { type Moderation, Prisma } from '../generated/prisma/client.ts';
import type { Transaction } from './database.ts';
import { allOf, chooseRanges, type ScanOrder, type ScanSelection } from './scan-rows.ts';
import { containsWords, findRareWords } from './text-search.ts';

// Keyset pagination of messages: each page starts after the last row of the previous one, so that new
// messages do not shift the pages.

export const LIST_ORDERS = ['newest', 'oldest'] as const;

/** Which message comes first. */
export type ListOrder = (typeof LIST_ORDERS)[number];

/** Newest first; the sid orders messages of the same millisecond. */
export const NEWEST_FIRST = [
  { receivedAt: 'desc' },
  { sid: 'desc' },
] as const satisfies Prisma.MessageOrderByWithRelationInput[];

/** The position of a message in lists. */
export interface MessageKey {
  receivedAt: Date;
  sid: string;
}

const message = { table: Prisma.sql`message`, columns: { receivedAt: 'received_at', sid: 'sid' } };

export const NEWEST_MESSAGE_FIRST: ScanOrder<MessageKey> = {
  ...message,
  orderBy: Prisma.sql`received_at DESC, sid DESC`,
  after: ({ receivedAt, sid }) => Prisma.sql`(received_at, sid) < (${receivedAt}, ${sid})`,
};

/** The same list in reverse. */
export const OLDEST_MESSAGE_FIRST: ScanOrder<MessageKey> = {
  ...message,
  orderBy: Prisma.sql`received_at, sid`,
  after: ({ receivedAt, sid }) => Prisma.sql`(received_at, sid) > (${receivedAt}, ${sid})`,
};

export const MESSAGE_ORDERS: Record<ListOrder, ScanOrder<MessageKey>> = {
  newest: NEWEST_MESSAGE_FIRST,
  oldest: OLDEST_MESSAGE_FIRST,
};

/** Filters, combined with AND. */
interface MessageFilter {
  accountSid?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  moderation?: Moderation | undefined;
  /** Words that the text contains. */
  text?: readonly string[] | undefined;
  received: { gte?: Date | undefined; gt?: Date; lte?: Date; lt?: Date | undefined };
  /** Whether tombstones are excluded. */
  isThere?: boolean;
  /** Whether suspect messages are excluded. */
  isOrdinary?: boolean;
}

/** The rows, of messages or media, that were sent from one of several addresses. */
export function sentFrom(addresses: readonly string[]): ScanSelection {
  return {
    ranges: addresses.map((address) => Prisma.sql`"from" = ${address}`),
    filter: Prisma.sql`true`,
  };
}

/** The rows that match a filter. */
export async function messageSelection(
  db: Pick<Transaction, '$queryRaw'>,
  {
    accountSid,
    from,
    to,
    moderation,
    text,
    received,
    isThere = false,
    isOrdinary = false,
  }: MessageFilter,
): Promise<ScanSelection> {
  const { gte, gt, lte, lt } = received;
  const bounds = allOf([
    gte && Prisma.sql`received_at >= ${gte}`,
    gt && Prisma.sql`received_at > ${gt}`,
    lte && Prisma.sql`received_at <= ${lte}`,
    lt && Prisma.sql`received_at < ${lt}`,
  ]);
  const byIndex = [
    from === undefined ? undefined : Prisma.sql`"from" = ${from}`,
    to === undefined ? undefined : Prisma.sql`"to" = ${to}`,
    moderation && Prisma.sql`moderation = ${moderation}::"Moderation"`,
    accountSid === undefined ? undefined : Prisma.sql`account_sid = ${accountSid}`,
  ];
  const filter = allOf([
    ...byIndex,
    isThere ? Prisma.sql`deleted_at IS NULL` : undefined,
    isOrdinary ? Prisma.sql`suspect IS NULL` : undefined,
    text && containsWords(Prisma.sql`body`, text),
  ]);
  const rare = text === undefined ? null : await findRareWords(db, text);
  if (rare !== null) {
    const table = Prisma.sql`(SELECT * FROM message WHERE sid = ANY(${rare}) OFFSET 0) AS message`;
    return { table, ranges: [bounds], filter };
  }
  const candidates = byIndex.flatMap((one) => (one === undefined ? [] : [one]));
  if (candidates.length === 0) candidates.push(Prisma.sql`true`);
  return {
    ranges: await chooseRanges(
      db,
      { ...NEWEST_MESSAGE_FIRST, distance: Prisma.sql`-extract(epoch FROM received_at)` },
      candidates.map((range) => [Prisma.sql`${range} AND ${bounds}`]),
    ),
    filter,
  };
}
