import {
  type Media,
  type MediaState,
  type Moderation,
  Prisma,
} from '../generated/prisma/client.ts';
import type { Transaction } from './database.ts';
import type { ListOrder } from './message-order.ts';
import { allOf, chooseRanges, type ScanOrder, type ScanSelection } from './scan-rows.ts';

/** Filters, combined with AND. */
interface MediaFilter {
  state?: MediaState | undefined;
  moderation?: Moderation | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** A content type or a prefix of one. */
  contentType?: string | undefined;
  messageSid?: string | undefined;
  /** Whether the message has to be visible, too. */
  isMessageVisible?: boolean;
  receivedAfter?: Date | undefined;
  receivedBefore?: Date | undefined;
}

/** The columns of an attachment that a scan reads. */
type ScannedMedia = Pick<
  Media,
  'sid' | 'receivedAt' | 'messageSid' | 'index' | 'state' | 'moderation'
>;

/** The position of an attachment in lists. */
export type MediaPlace = Pick<Media, 'receivedAt' | 'messageSid' | 'index'>;

/** Newest message first, attachments of a message in their order. */
export const NEWEST_MEDIA_FIRST: ScanOrder<ScannedMedia, MediaPlace> = {
  table: Prisma.sql`media`,
  columns: {
    sid: 'sid',
    receivedAt: 'received_at',
    messageSid: 'message_sid',
    index: 'index',
    state: 'state',
    moderation: 'moderation',
  },
  orderBy: Prisma.sql`received_at DESC, message_sid DESC, index`,
  // The first condition is implied by the second; it is what an index can seek to.
  after: ({ receivedAt, messageSid, index }) => Prisma.sql`
    (received_at, message_sid) <= (${receivedAt}, ${messageSid})
    AND ((received_at, message_sid) < (${receivedAt}, ${messageSid}) OR index > ${index})`,
};

/** Oldest message first; the attachments of a message keep their order. */
const OLDEST_MEDIA_FIRST: ScanOrder<ScannedMedia, MediaPlace> = {
  ...NEWEST_MEDIA_FIRST,
  // PostgreSQL scans the index backwards and sorts the attachments of each message.
  orderBy: Prisma.sql`received_at, message_sid, index`,
  after: ({ receivedAt, messageSid, index }) => Prisma.sql`
    (received_at, message_sid) >= (${receivedAt}, ${messageSid})
    AND ((received_at, message_sid) > (${receivedAt}, ${messageSid}) OR index > ${index})`,
};

export const MEDIA_ORDERS: Record<ListOrder, ScanOrder<ScannedMedia, MediaPlace>> = {
  newest: NEWEST_MEDIA_FIRST,
  oldest: OLDEST_MEDIA_FIRST,
};

/** For scans that need no particular order. */
export const MEDIA_BY_SID: ScanOrder<Pick<Media, 'sid'>> = {
  table: Prisma.sql`media`,
  columns: { sid: 'sid' },
  orderBy: Prisma.sql`sid`,
  after: ({ sid }) => Prisma.sql`sid > ${sid}`,
};

/** The rows that match a filter. Deleted media are included only when `state` selects them. */
export async function mediaSelection(
  db: Pick<Transaction, '$queryRaw'>,
  { state, moderation, from, to, contentType, messageSid, ...bounds }: MediaFilter,
): Promise<ScanSelection> {
  const { isMessageVisible, receivedAfter, receivedBefore } = bounds;
  const received = allOf([
    receivedAfter && Prisma.sql`received_at >= ${receivedAfter}`,
    receivedBefore && Prisma.sql`received_at < ${receivedBefore}`,
  ]);
  const byIndex = {
    message: equals('message_sid', messageSid),
    from: equals('from', from),
    moderation: moderation && Prisma.sql`moderation = ${moderation}::"Moderation"`,
    state: state && Prisma.sql`state = ${state}::"MediaState"`,
    to: equals('to', to),
  };
  const types = contentType === undefined ? null : await typesOf(db, contentType);
  const candidates = Object.values(byIndex).flatMap((one) => (one === undefined ? [] : [[one]]));
  if (types !== null) candidates.push(types.map((type) => Prisma.sql`content_type = ${type}`));
  if (candidates.length === 0) candidates.push([Prisma.sql`true`]);
  return {
    ranges: await chooseRanges(
      db,
      NEWEST_MEDIA_FIRST,
      candidates.map((ranges) => ranges.map((range) => Prisma.sql`${range} AND ${received}`)),
    ),
    filter: allOf([
      ...Object.values(byIndex),
      state === undefined ? Prisma.sql`state <> 'deleted'` : undefined,
      isMessageVisible === true
        ? Prisma.sql`(SELECT message.moderation FROM message WHERE sid = message_sid) = 'visible'`
        : undefined,
      contentType === undefined ? undefined : Prisma.sql`starts_with(content_type, ${contentType})`,
    ]),
  };
}

function equals(column: string, value: string | undefined): Prisma.Sql | undefined {
  return value === undefined ? undefined : Prisma.sql`${Prisma.raw(`"${column}"`)} = ${value}`;
}

const MAX_TYPES = 100;
const MAX_RANGES = 20;

/**
 * The content types with a prefix. A loose index scan steps from each distinct type to the next; a range
 * scan would not do, because types with the same prefix may not be adjacent in the collation's order.
 *
 * @returns null when there are too many types
 */
async function typesOf(
  db: Pick<Transaction, '$queryRaw'>,
  prefix: string,
): Promise<string[] | null> {
  const rows = await db.$queryRaw<{ type: string | null }[]>`
    WITH RECURSIVE known (type) AS (
      (SELECT content_type FROM media WHERE content_type >= '' ORDER BY content_type LIMIT 1)
      UNION ALL
      SELECT (
        SELECT content_type FROM media WHERE content_type > known.type ORDER BY content_type LIMIT 1
      ) FROM known WHERE known.type IS NOT NULL
    )
    SELECT type FROM known LIMIT ${MAX_TYPES + 1}`;
  if (rows.length > MAX_TYPES) return null;
  const types = rows.flatMap(({ type }) => (type?.startsWith(prefix) ? [type] : []));
  return types.length > MAX_RANGES ? null : types;
}
