import type { UpstreamMedia, UpstreamMessage } from '../upstream-store.ts';
import { ApiRefusal } from './api-credentials.ts';

const API_VERSION = '2010-04-01';

/** The JSON of a Media resource; dates are RFC 2822 in GMT, `uri` is relative to the API. */
export function mediaResource(media: UpstreamMedia): Record<string, unknown> {
  const date = rfc2822(media.createdAt);
  return {
    account_sid: media.accountSid,
    content_type: media.attachment.contentType,
    date_created: date,
    date_updated: date,
    parent_sid: media.messageSid,
    sid: media.sid,
    uri: `${messagePath(media.accountSid, media.messageSid)}/Media/${media.sid}.json`,
  };
}

/** The JSON of a Message resource; its numbers are strings, as at Twilio. */
export function messageResource(message: UpstreamMessage): Record<string, unknown> {
  const { params, sid, accountSid, direction } = message;
  const date = rfc2822(message.sentAt);
  const path = messagePath(accountSid, sid);
  return {
    account_sid: accountSid,
    api_version: API_VERSION,
    body: params.Body ?? '',
    date_created: date,
    date_sent: date,
    date_updated: date,
    direction,
    error_code: null,
    error_message: null,
    from: params.From,
    messaging_service_sid: params.MessagingServiceSid ?? null,
    num_media: params.NumMedia,
    num_segments: params.NumSegments,
    price: null,
    price_unit: 'USD',
    sid,
    status: direction === 'inbound' ? 'received' : 'delivered',
    subresource_uris: { media: `${path}/Media.json`, feedback: `${path}/Feedback.json` },
    to: params.To,
    uri: `${path}.json`,
  };
}

function messagePath(accountSid: string, messageSid: string): string {
  return `/${API_VERSION}/Accounts/${accountSid}/Messages/${messageSid}`;
}

function rfc2822(date: Date): string {
  return date.toUTCString().replace(/GMT$/, '+0000');
}

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1000;
const PAGE_SIZE_TOO_LARGE = 20007;

/** The paging fields of a list in Twilio's REST API; each `uri` is relative to the API's base URL. */
interface PagingFields {
  uri: string;
  first_page_uri: string;
  next_page_uri: string | null;
  previous_page_uri: string | null;
  page: number;
  page_size: number;
  start: number;
  end: number;
}

/**
 * Takes the requested page (`PageSize` 1 to 1000, default 50; `Page` from 0; `PageToken` from a link)
 * out of `records`, which are newest first. With a token the page starts where the previous one ended,
 * so deletes between two requests cause no gap between pages.
 *
 * @throws ApiRefusal (400) for a bad PageSize, Page or PageToken
 */
export function toPage<R extends { sequence: number }>(
  records: readonly R[],
  path: string,
  query: URLSearchParams,
): { items: R[]; paging: PagingFields } {
  const pageSize = integer(query, 'PageSize', DEFAULT_PAGE_SIZE);
  if (pageSize < 1) throw new ApiRefusal(400, 'PageSize must be at least 1');
  if (pageSize > MAX_PAGE_SIZE) {
    throw new ApiRefusal(400, 'Page size too large', PAGE_SIZE_TOO_LARGE);
  }
  const page = integer(query, 'Page', 0);
  const skipped = skippedRecords(records, query.get('PageToken'), page * pageSize);
  const items = records.slice(skipped, skipped + pageSize);
  const last = items.at(-1);
  const hasMore = skipped + pageSize < records.length;

  const uriOf = (target: number, token?: string): string => {
    const link = new URLSearchParams(query);
    link.delete('PageToken');
    link.set('PageSize', String(pageSize));
    link.set('Page', String(target));
    if (token) link.set('PageToken', token);
    return `${path}?${link}`;
  };
  return {
    items,
    paging: {
      uri: uriOf(page, query.get('PageToken') ?? undefined),
      first_page_uri: uriOf(0),
      next_page_uri: hasMore && last ? uriOf(page + 1, `PA${last.sequence}`) : null,
      previous_page_uri: page > 0 ? uriOf(page - 1) : null,
      page,
      page_size: pageSize,
      start: page * pageSize,
      end: page * pageSize + Math.max(items.length - 1, 0),
    },
  };
}

function skippedRecords(
  records: readonly { sequence: number }[],
  token: string | null,
  fallback: number,
): number {
  if (token === null) return fallback;
  const after = /^PA(\d+)$/.exec(token)?.[1];
  if (after === undefined) throw new ApiRefusal(400, 'Invalid PageToken');
  const index = records.findIndex((record) => record.sequence < Number(after));
  return index === -1 ? records.length : index;
}

function integer(query: URLSearchParams, name: string, fallback: number): number {
  const value = query.get(name);
  if (value === null) return fallback;
  if (!/^\d{1,9}$/.test(value)) throw new ApiRefusal(400, `Invalid ${name}: ${value}`);
  return Number(value);
}

const DAY_MS = 24 * 60 * 60 * 1000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads `Name=`, `Name<=` and `Name>=` from a query, as Twilio's lists filter by date. A value is
 * `YYYY-MM-DD` or an ISO 8601 date-time as the helper libraries send it; `Name=` means the whole day of its
 * value. `DateCreated<=D` of media ends with the midnight at which D begins in GMT, `DateSent<=D` of
 * messages with D.
 *
 * @throws ApiRefusal (400) for anything else
 */
export function parseDateFilter(query: URLSearchParams, name: string): (date: Date) => boolean {
  const on = instant(query, name);
  const until = endOf(query, name);
  const since = instant(query, `${name}>`);

  return (date) => {
    const time = date.getTime();
    // Compared in whole seconds: clients see RFC 2822 dates, which have no fractions.
    const second = time - (time % 1000);
    if (on !== null && Math.floor(time / DAY_MS) !== Math.floor(on / DAY_MS)) return false;
    return (until === null || second <= until) && (since === null || second >= since);
  };
}

function endOf(query: URLSearchParams, name: string): number | null {
  const time = instant(query, `${name}<`);
  const isDay = name === 'DateSent' && DATE.test(query.get(`${name}<`) ?? '');
  return time !== null && isDay ? time + DAY_MS - 1 : time;
}

function instant(query: URLSearchParams, name: string): number | null {
  const value = query.get(name);
  if (value === null) return null;
  const time = DATE.test(value) || DATE_TIME.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new ApiRefusal(400, `Invalid ${name}: ${value}`);
  return time;
}
