import { AppError } from '../errors.ts';

/** Bounds of a time; `gte` and `lte` include it. */
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
 * Reads Twilio's date filters: `DateCreated=D` is the day of D in GMT; `DateCreated<=D` at or before
 * D, `DateCreated>=D` at or after; a date stands for its midnight in GMT. All that are given must
 * hold. In a query string the comparison is part of the name, so `DateCreated<=D` is the parameter
 * `DateCreated<`; written with %3D it is all name. Helper libraries send date-times.
 *
 * @param query decoded pairs
 * @param name `DateCreated` or `DateSent`
 * @throws AppError `invalid_request` for what is no date
 */
export function readDateFilter(query: URLSearchParams, name: string): DateBounds {
  let bounds: DateBounds = {};
  for (const [key, value] of query) {
    if (!key.startsWith(name)) continue;
    const text = value === '' ? key : `${key}=${value}`;
    const [, comparison, when] = /^(<=|>=|<|>|=)(.+)$/s.exec(text.slice(name.length)) ?? [];
    if (comparison === undefined || when === undefined) continue;
    bounds = narrowed(bounds, boundsOf(comparison, readTime(when, name)));
  }
  return bounds;
}

function boundsOf(comparison: string, time: Date): DateBounds {
  if (comparison === '<=') return { lte: time };
  if (comparison === '>=') return { gte: time };
  if (comparison === '<') return { lt: time };
  if (comparison === '>') return { gt: time };
  const midnight = Math.floor(time.getTime() / DAY_MS) * DAY_MS;
  return { gte: new Date(midnight), lt: new Date(midnight + DAY_MS) };
}

/** What both allow: of each kind the tighter bound. */
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
  // Twilio's library for Java sends GMT and does not say so.
  const time = new Date(dateTime && !dateTime.groups?.offset ? `${written}Z` : written);
  const isWritten = DATE.test(written) || dateTime !== null;
  if (isWritten && isDay(written.slice(0, 10)) && isStorable(time)) return time;
  throw new AppError('invalid_request', `${name} needs a date (YYYY-MM-DD) or an ISO 8601 time.`, {
    fields: [{ field: name, message: 'is not a date' }],
  });
}

// JavaScript rolls 2026-02-30 over to March.
function isDay(text: string): boolean {
  const midnight = new Date(text);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text);
}

// The database driver takes years of four digits, and PostgreSQL has no year 0. Invalid is false.
function isStorable(time: Date): boolean {
  return time.getUTCFullYear() > 0 && time.getUTCFullYear() < 9999;
}
