import { createHash } from 'node:crypto';
import { AppError } from '../errors/app-error.ts';

/** One page of a list, as requested. */
export interface Paging {
  /** 1 to 1000. */
  pageSize: number;
  /** From 0. */
  page: number;
  /** Set when the caller follows a link. */
  token: Token | undefined;
}

/** The place of a page: after the row with this key, or right before it. */
export type Token = { after: string; before?: never } | { before: string; after?: never };

const MOST = 1000;
const DEFAULT = 50;

/**
 * Reads `PageSize`, `Page` and `PageToken`.
 *
 * @param list identifies the list: a token of another list is refused
 * @param keys the format of the row keys; tokens are not signed, so they have to be checked
 * @throws AppError `page_size_too_large`, or `invalid_request` for an invalid number or token
 */
export function readPaging(query: URLSearchParams, list: string, keys: RegExp): Paging {
  const pageSize = readNumber(query, 'PageSize', DEFAULT);
  if (pageSize > MOST) {
    throw new AppError('page_size_too_large', `PageSize may be ${MOST} at most.`);
  }
  if (pageSize === 0) throw invalid('PageSize', `needs a whole number from 1 to ${MOST}`);
  const token = query.get('PageToken');
  return {
    pageSize,
    page: readNumber(query, 'Page', 0),
    token: token === null || token === '' ? undefined : readToken(token, list, keys),
  };
}

/** Writes the token of a page. Rows that are added or deleted meanwhile do not shift the page. */
export function writeToken(list: string, { after, before }: Token): string {
  const [kind, key] = before === undefined ? [AFTER, after] : [BEFORE, before];
  return `${kind}${listMark(list)}${Buffer.from(key).toString('base64url')}`;
}

const AFTER = 'PT';
const BEFORE = 'PB';

/**
 * A link to a page of the same list, with its filters.
 *
 * @param path of the list, with extension
 */
export function pageUri(
  path: string,
  query: URLSearchParams,
  { pageSize, page, token }: { pageSize: number; page: number; token?: string | undefined },
): string {
  const link = new URLSearchParams(query);
  link.delete('PageToken');
  link.set('PageSize', String(pageSize));
  link.set('Page', String(page));
  if (token !== undefined) link.set('PageToken', token);
  return `${path}?${link}`;
}

function readToken(token: string, list: string, keys: RegExp): Token {
  const mark = AFTER + listMark(list);
  const key = Buffer.from(token.slice(mark.length), 'base64url').toString('utf8');
  if (keys.test(key)) {
    if (token.startsWith(mark)) return { after: key };
    if (token.startsWith(BEFORE + listMark(list))) return { before: key };
  }
  throw invalid('PageToken', 'is not a token of this list');
}

// Not a secret: it only prevents a token of one list from being used in another by mistake.
function listMark(list: string): string {
  return createHash('sha256').update(list).digest('hex').slice(0, 16);
}

function readNumber(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null || text === '') return otherwise;
  // Six digits: the page number times the page size stays within PostgreSQL's OFFSET limit.
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw invalid(name, 'needs a whole number of at most six digits');
}

function invalid(field: string, message: string): AppError {
  return new AppError('invalid_request', `${field} ${message}.`, { fields: [{ field, message }] });
}
