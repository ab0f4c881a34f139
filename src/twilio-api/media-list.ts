import type { Database } from '../database/database.ts';
import { createGroupedLookup } from '../database/grouped-lookup.ts';
import type { SendableMedia } from '../gallery/send-media.ts';
import type { Blob, Media } from '../generated/prisma/client.ts';
import type { DateBounds } from './date-filter.ts';
import { type Paging, pageUri, type Token, writeToken } from './paging.ts';
import type { Resource } from './representation.ts';
import { mediaResource } from './resources.ts';

/** One page of a list: Twilio's paging fields and the resources. */
export interface ListPage {
  paging: Resource;
  resources: Resource[];
}

/**
 * The media of one message, in the order of its attachments. A message has only a few, so all rows are
 * read and the page is cut here, and `total` is always exact.
 *
 * @param path of the list with its extension, `query` as requested: links repeat them
 */
export async function listMessageMedia(
  { prisma }: Database,
  { accountSid, messageSid }: { accountSid: string; messageSid: string },
  { pageSize, page, token }: Paging,
  received: DateBounds,
  { path, query, extension }: { path: string; query: URLSearchParams; extension: 'json' | 'xml' },
): Promise<ListPage> {
  const rows = await prisma.media.findMany({
    where: {
      accountSid,
      messageSid,
      moderation: 'visible',
      receivedAt: received,
      state: { not: 'deleted' },
    },
    orderBy: { index: 'asc' },
  });
  const { begin, end } = placeOf(rows, { pageSize, page, token });
  const shown = rows.slice(begin, end);
  const [first, last] = [shown[0], shown.at(-1)];
  const hasNext = last !== undefined && begin + shown.length < rows.length;
  const lastPage = Math.max(0, Math.ceil(rows.length / pageSize) - 1);
  const link = (number: number, at?: Token) =>
    pageUri(path, query, {
      pageSize,
      page: number,
      token: at === undefined ? undefined : writeToken(messageSid, at),
    });
  return {
    paging: {
      end: Math.max(begin, begin + shown.length - 1),
      first_page_uri: link(0),
      last_page_uri: link(lastPage),
      next_page_uri: hasNext ? link(page + 1, { after: String(last.index) }) : null,
      num_pages: lastPage + 1,
      page,
      page_size: pageSize,
      previous_page_uri: page > 0 ? link(page - 1, first && { before: String(first.index) }) : null,
      start: begin,
      total: rows.length,
      uri: link(page, token),
    },
    resources: shown.map((row) => mediaResource(row, extension)),
  };
}

function placeOf(
  rows: readonly { index: number }[],
  { pageSize, page, token }: Paging,
): { begin: number; end: number } {
  if (token?.before !== undefined) {
    const end = rows.filter(({ index }) => index < Number(token.before)).length;
    return { begin: Math.max(0, end - pageSize), end };
  }
  const begin =
    token === undefined
      ? page * pageSize
      : rows.filter(({ index }) => index <= Number(token.after)).length;
  return { begin, end: begin + pageSize };
}

/** The fields of an attachment that this API shows, with its blob. */
type FoundMedia = SendableMedia &
  Pick<Media, 'accountSid' | 'messageSid' | 'moderation' | 'declaredContentType'> &
  Pick<Media, 'receivedAt' | 'storedAt'>;

/** Looks up an attachment by its sid. */
type FindMedia = (sid: string) => Promise<FoundMedia | undefined>;

export function createFindMedia(database: Database): FindMedia {
  return createGroupedLookup((sids) => readMedia(database, sids));
}

type Row = Omit<FoundMedia, 'blob'> & { [K in keyof Blob]?: Blob[K] | null };

/** One statement, whose text does not depend on the number of sids. */
async function readMedia(
  { prisma }: Database,
  sids: readonly string[],
): Promise<Map<string, FoundMedia>> {
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT m.sid, m.account_sid AS "accountSid", m.message_sid AS "messageSid",
      m.received_at AS "receivedAt", m.stored_at AS "storedAt", m.state, m.moderation, m.reason,
      m.next_attempt_at AS "nextAttemptAt", m.content_type AS "contentType",
      m.declared_content_type AS "declaredContentType", m.file_name AS "fileName",
      b.sha256, b.key, b.byte_size AS "byteSize"
    FROM media m LEFT JOIN blob b ON b.sha256 = m.blob_sha256
    WHERE m.sid = ANY(${sids})`;
  return new Map(
    rows.map(({ sha256, key, byteSize, ...media }) => {
      const blob = sha256 && key && byteSize != null ? { sha256, key, byteSize } : null;
      return [media.sid, { ...media, blob }];
    }),
  );
}
