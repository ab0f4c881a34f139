import { AppError } from '../errors/app-error.ts';

/** Bounds of a time; `gte` and `lte` are inclusive. */
export interface DateBounds {
  gte?: Date;
  gt?: Date;
  lte?: Date;
  lt?: Date;
}

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(?<offset>Z|[+-]\d{2}:?\d{2})?$/;

/**
 * The meaning of a date without a time in a comparison. For messages it is the whole day: `DateSent<=D`
 * selects those "on and before" D [twilio.com/docs/messaging/api/message-resource, list]. For media it is
 * midnight: `DateCreated<=D` selects those "at or before midnight" [Media resource].
 */
const DATE_IS = { DateSent: 'day', DateCreated: 'midnight' } as const;

/**
 * Reads Twilio's date filters: `DateCreated=D` selects the day of D in GMT, `DateCreated<=D` and
 * `DateCreated>=D` what is before or after, including D; `DATE_IS` defines that for a date without a
 * time. All given filters must match. In a query string the comparison is part of the name:
 * `DateCreated<=D` is the parameter `DateCreated<` with the value D; with %3D for the `=` the whole text is
 * the name. Helper libraries send date-times.
 *
 * @param query decoded pairs
 * @throws AppError `invalid_request` for a value that is not a date
 */
export function readDateFilter(query: URLSearchParams, name: keyof typeof DATE_IS): DateBounds {
  let bounds: DateBounds = {};
  for (const [key, value] of query) {
    if (!key.startsWith(name)) continue;
    const text = value === '' ? key : `${key}=${value}`;
    const [, comparison, when] = /^(<=|>=|<|>|=)(.+)$/s.exec(text.slice(name.length)) ?? [];
    if (comparison === undefined || when === undefined) continue;
    const time = readTime(when, name);
    const isDay = DATE_IS[name] === 'day' && DATE.test(when.trim());
    bounds = narrowed(bounds, isDay ? boundsOfDay(comparison, time) : boundsOf(comparison, time));
  }
  return bounds;
}

function boundsOf(comparison: string, time: Date): DateBounds {
  if (comparison === '<=') return { lte: time };
  if (comparison === '>=') return { gte: time };
  if (comparison === '<') return { lt: time };
  if (comparison === '>') return { gt: time };
  return boundsOfDay(comparison, new Date(Math.floor(time.getTime() / DAY_MS) * DAY_MS));
}

function boundsOfDay(comparison: string, midnight: Date): DateBounds {
  const next = new Date(midnight.getTime() + DAY_MS);
  if (comparison === '<=') return { lt: next };
  if (comparison === '>=') return { gte: midnight };
  if (comparison === '<') return { lt: midnight };
  if (comparison === '>') return { gte: next };
  return { gte: midnight, lt: next };
}

/** The intersection: the tighter bound of each kind. */
function narrowed(bounds: DateBounds, more: DateBounds): DateBounds {
  const both = { ...bounds, ...more };
  for (const kind of ['gte', 'gt', 'lte', 'lt'] as const) {
    const [one, other] = [bounds[kind], more[kind]];
    if (one === undefined || other === undefined) continue;
    const isOneTighter = kind.startsWith('g') ? one > other : one < other;
    both[kind] = isOneTighter ? one : other;
  }
  return both;
}

function readTime(text: string, name: string): Date {
  // A plus sign that was not encoded arrives as a space.
  const written = text.trim().replace(' ', '+');
  const dateTime = DATE_TIME.exec(written);
  // Twilio's library for Java sends GMT without an offset.
  const time = new Date(dateTime && !dateTime.groups?.offset ? `${written}Z` : written);
  const isWritten = DATE.test(written) || dateTime !== null;
  if (isWritten && isDay(written.slice(0, 10)) && hasValidYear(time)) return time;
  throw new AppError('invalid_request', `${name} needs a date (YYYY-MM-DD) or an ISO 8601 time.`, {
    fields: [{ field: name, message: 'is not a date' }],
  });
}

// `new Date` rolls 2026-02-30 over to March.
function isDay(text: string): boolean {
  const midnight = new Date(text);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text);
}

// The database driver accepts years of four digits, and PostgreSQL has no year 0. False for an invalid time.
function hasValidYear(time: Date): boolean {
  return time.getUTCFullYear() > 0 && time.getUTCFullYear() < 9999;
}
