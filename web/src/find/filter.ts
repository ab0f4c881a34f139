import type { MediaQuery } from '../api/types.ts';

/**
 * Kinds that people ask for, and the beginning of their content types. Recordings in 3GP are `video/3gpp`; contacts and
 * calendars are texts, too.
 */
export const KINDS = {
  picture: 'image/',
  video: 'video/',
  audio: 'audio/',
  document: 'application/',
  contact: 'text/vcard',
  calendar: 'text/calendar',
  text: 'text/',
} as const;
export type Kind = keyof typeof KINDS;

export const STATES = ['pending', 'stored', 'failed'] as const;
export const MODERATIONS = ['visible', 'held', 'quarantined'] as const;

/** What the grid shows; the address bar carries it. Days are local, `YYYY-MM-DD`, and both inclusive. */
export interface Filter {
  from?: string;
  to?: string;
  since?: string;
  until?: string;
  kind?: Kind;
  state?: (typeof STATES)[number];
  moderation?: (typeof MODERATIONS)[number];
  /** Words of the message. */
  text?: string;
  hasLocation?: boolean;
  sha256?: string;
}

/** The filter of an address; what is not valid is left out. */
export function readFilter(query: URLSearchParams): Filter {
  const filter: Filter = {};
  for (const name of ['from', 'to', 'text', 'sha256'] as const) {
    const value = query.get(name)?.trim();
    if (value) filter[name] = value;
  }
  for (const name of ['since', 'until'] as const) {
    const day = query.get(name);
    if (day !== null && startOfDay(day) !== null) filter[name] = day;
  }
  const kind = query.get('kind');
  if (kind !== null && Object.hasOwn(KINDS, kind)) filter.kind = kind as Kind;
  const state = STATES.find((name) => name === query.get('state'));
  if (state !== undefined) filter.state = state;
  const moderation = MODERATIONS.find((name) => name === query.get('moderation'));
  if (moderation !== undefined) filter.moderation = moderation;
  const hasLocation = query.get('hasLocation');
  if (hasLocation === 'true' || hasLocation === 'false')
    filter.hasLocation = hasLocation === 'true';
  return filter;
}

/** The query of the address, in one order, without `?`. */
export function writeFilter(filter: Filter): string {
  const entries = Object.entries(filter).map(([name, value]) => [name, String(value)]);
  return new URLSearchParams(entries.toSorted()).toString();
}

/** The parameters of lists and counts. */
export function queryOf(filter: Filter): MediaQuery {
  const { since, until, kind, ...same } = filter;
  const receivedAfter = since === undefined ? null : startOfDay(since);
  const receivedBefore = until === undefined ? null : startOfDay(until, 1);
  return {
    ...same,
    ...(kind && { contentType: KINDS[kind] }),
    ...(receivedAfter && { receivedAfter: receivedAfter.toISOString() }),
    ...(receivedBefore && { receivedBefore: receivedBefore.toISOString() }),
  };
}

/**
 * The first instant of a local day, or of one some days later; null for a day that does not exist.
 *
 * @param day `YYYY-MM-DD`
 */
export function startOfDay(day: string, later = 0): Date | null {
  const [, year, month, date] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? []).map(Number);
  if (year === undefined || month === undefined || date === undefined) return null;
  const start = new Date(year, month - 1, date);
  // Date takes the years 0 to 99 for those of the last century.
  const isYear = start.getFullYear() === year;
  const isSame = isYear && start.getMonth() === month - 1 && start.getDate() === date;
  return isSame ? new Date(year, month - 1, date + later) : null;
}
