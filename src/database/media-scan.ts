import {
  type Media,
  type MediaState,
  type Moderation,
  Prisma,
} from '../generated/prisma/client.ts';
import type { Transaction } from './database.ts';
import type { ListOrder } from './message-order.ts';
import { allOf, chooseRanges, type ScanOrder, type ScanSelection } from './scan-rows.ts';
import { findRareWords, messageContainsWords } from './text-search.ts';

/** Filters, combined with AND. */
export interface MediaFilter {
  state?: MediaState | undefined;
  moderation?: Moderation | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** A content type or a prefix of one. */
  contentType?: string | undefined;
  messageSid?: string | undefined;
  /** Words that the text of the message contains. */
  text?: readonly string[] | undefined;
  /** Of the bytes. */
  sha256?: string | undefined;
  /** Whether a place was found in the bytes. */
  hasLocation?: boolean | undefined;
  /** Words that the transcript contains, folded, and the content types that have transcripts. */
  transcript?: { words: readonly string[]; contentTypes: readonly string[] } | undefined;
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

/** Each list from its end: what comes before a position, the nearest first. */
export const MEDIA_BACKWARDS: Record<ListOrder, ScanOrder<ScannedMedia, MediaPlace>> = {
  newest: {
    ...NEWEST_MEDIA_FIRST,
    orderBy: Prisma.sql`received_at, message_sid, index DESC`,
    after: ({ receivedAt, messageSid, index }) => Prisma.sql`
      (received_at, message_sid) >= (${receivedAt}, ${messageSid})
      AND ((received_at, message_sid) > (${receivedAt}, ${messageSid}) OR index < ${index})`,
  },
  oldest: {
    ...NEWEST_MEDIA_FIRST,
    orderBy: Prisma.sql`received_at DESC, message_sid DESC, index DESC`,
    after: ({ receivedAt, messageSid, index }) => Prisma.sql`
      (received_at, message_sid) <= (${receivedAt}, ${messageSid})
      AND ((received_at, message_sid) < (${receivedAt}, ${messageSid}) OR index < ${index})`,
  },
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
  const { text, transcript, sha256, hasLocation } = bounds;
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
  const hasTypes = contentType !== undefined || transcript !== undefined;
  const isWanted = (type: string) =>
    type.startsWith(contentType ?? '') && (transcript?.contentTypes.includes(type) ?? true);
  const types = hasTypes ? await typesOf(db, isWanted) : null;
  const candidates = Object.values(byIndex).flatMap((one) => (one === undefined ? [] : [[one]]));
  // Before transcripts, which only some types have: no other attachment is looked up among them.
  const isOfType =
    types === null
      ? contentType && Prisma.sql`starts_with(content_type, ${contentType})`
      : Prisma.sql`content_type = ANY(${types})`;
  const ofTypes = types?.map((type) => Prisma.sql`content_type = ${type}`) ?? [];
  if (types !== null) candidates.push(ofTypes);
  const few = await findFew(db, { text, sha256 });
  const wanted = few === null && candidates.length > 0 ? candidates : [[Prisma.sql`true`]];
  return {
    ...(few === null
      ? {}
      : { table: Prisma.sql`(SELECT * FROM media WHERE ${few} OFFSET 0) AS media` }),
    ranges: await chooseRanges(
      db,
      { ...NEWEST_MEDIA_FIRST, distance: Prisma.sql`-extract(epoch FROM received_at)` },
      wanted.map((ranges) => ranges.map((range) => Prisma.sql`${range} AND ${received}`)),
    ),
    filter: allOf([
      ...Object.values(byIndex),
      state === undefined ? Prisma.sql`state <> 'deleted'` : undefined,
      isMessageVisible === true
        ? Prisma.sql`(SELECT message.moderation FROM message WHERE sid = message_sid) = 'visible'`
        : undefined,
      isOfType,
      transcript && transcriptContainsWords(transcript.words),
      equals('blob_sha256', sha256),
      hasLocation === undefined ? undefined : Prisma.sql`${HAS_LOCATION} = ${hasLocation}`,
      // Nothing of the message is known of a deleted attachment.
      text && Prisma.sql`state <> 'deleted' AND ${messageContainsWords(text)}`,
    ]),
    ...(transcript === undefined ? {} : { windowRows: MAX_TEXTS }),
  };
}

/** Texts that one statement searches. */
const MAX_TEXTS = 400;

/** Details are shown of stored media only. */
const HAS_LOCATION = Prisma.sql`(state = 'stored' AND coalesce((
  SELECT details ? 'location' FROM blob WHERE blob.sha256 = media.blob_sha256
), false))`;

function equals(column: string, value: string | undefined): Prisma.Sql | undefined {
  return value === undefined ? undefined : Prisma.sql`${Prisma.raw(`"${column}"`)} = ${value}`;
}

/** Only of stored media: before that their bytes may be known, but nobody sees what is in them. */
function transcriptContainsWords(words: readonly string[]): Prisma.Sql {
  const contained = allOf(words.map((word) => Prisma.sql`strpos(search_text, ${word}) > 0`));
  return Prisma.sql`state = 'stored' AND (
    SELECT ${contained} FROM transcript WHERE transcript.blob_sha256 = media.blob_sha256)`;
}

/** So many attachments are sorted for each window. */
const MAX_FEW = 1000;

/**
 * The condition of one of those filters whose index is not in the order of lists, if it selects few attachments.
 *
 * @returns null when there is none
 */
async function findFew(
  db: Pick<Transaction, '$queryRaw'>,
  { text, sha256 }: Pick<MediaFilter, 'text' | 'sha256'>,
): Promise<Prisma.Sql | null> {
  if (sha256 !== undefined) {
    const rows = await db.$queryRaw<object[]>`
      SELECT 1 FROM media WHERE blob_sha256 = ${sha256} ORDER BY blob_sha256, sid
      LIMIT ${MAX_FEW + 1}`;
    if (rows.length <= MAX_FEW) return Prisma.sql`blob_sha256 = ${sha256}`;
  }
  const rare = text === undefined ? null : await findRareWords(db, text);
  return rare && Prisma.sql`message_sid = ANY(${rare})`;
}

const MAX_TYPES = 100;
const MAX_RANGES = 20;

/**
 * The content types of media that are wanted. A loose index scan steps from each distinct type to the next; a range
 * scan would not do, because types with the same prefix may not be adjacent in the collation's order.
 *
 * @returns null when there are too many types
 */
async function typesOf(
  db: Pick<Transaction, '$queryRaw'>,
  isWanted: (type: string) => boolean,
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
  const types = rows.flatMap(({ type }) => (type !== null && isWanted(type) ? [type] : []));
  return types.length > MAX_RANGES ? null : types;
}
