import type { Database } from '../storage/database.ts';
import type { DateBounds } from './date-filter.ts';
import { mediaResource } from './media-resource.ts';
import { type Paging, pageUri, writeToken } from './paging.ts';
import type { Resource } from './representation.ts';

/** One page of a list: Twilio's paging fields and the resources. */
export interface ListPage {
  paging: Resource;
  resources: Resource[];
}

/**
 * The media of one message, in the order of its attachments. A message has a handful, so the page is
 * cut here, and `total` is always true.
 *
 * @param path of the list with its extension, `query` as it was asked: links repeat them
 */
export async function listMessageMedia(
  { prisma }: Database,
  { accountSid, messageSid }: { accountSid: string; messageSid: string },
  { pageSize, page, after }: Paging,
  received: DateBounds,
  { path, query, extension }: { path: string; query: URLSearchParams; extension: 'json' | 'xml' },
): Promise<ListPage> {
  const rows = await prisma.media.findMany({
    where: {
      ...{ accountSid, messageSid, moderation: 'visible', receivedAt: received },
      state: { not: 'deleted' },
    },
    orderBy: { index: 'asc' },
  });
  const begin =
    after === null ? page * pageSize : rows.filter(({ index }) => index <= Number(after)).length;
  const shown = rows.slice(begin, begin + pageSize);
  const last = shown.at(-1);
  const hasNext = last !== undefined && begin + shown.length < rows.length;
  const lastPage = Math.max(0, Math.ceil(rows.length / pageSize) - 1);
  const link = (number: number, token?: string) =>
    pageUri(path, query, { pageSize, page: number, token });
  return {
    paging: {
      end: Math.max(begin, begin + shown.length - 1),
      first_page_uri: link(0),
      last_page_uri: link(lastPage),
      next_page_uri: hasNext ? link(page + 1, writeToken(messageSid, String(last.index))) : null,
      num_pages: lastPage + 1,
      page,
      page_size: pageSize,
      previous_page_uri: page > 0 ? link(page - 1) : null,
      start: begin,
      total: rows.length,
      uri: link(page, after === null ? undefined : writeToken(messageSid, after)),
    },
    resources: shown.map((row) => mediaResource(row, extension)),
  };
}
