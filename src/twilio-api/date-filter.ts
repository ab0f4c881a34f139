import { AppError } from '../errors/app-error.ts';

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
 * What a bare date stands for in a comparison. Of messages it is the day: `DateSent<=D` are those "on and
 * before" D [twilio.com/docs/messaging/api/message-resource, list]. Of media it is its midnight:
 * `DateCreated<=D` are those "at or before midnight" [Media resource].
 */
const DATE_IS = { DateSent: 'day', DateCreated: 'midnight' } as const;

/**
 * Reads Twilio's date filters: `DateCreated=D` is the day of D in GMT, `DateCreated<=D` and
 * `DateCreated>=D` what is before or after, D included; `DATE_IS` tells what that means for a date without
 * a time. All that are given must hold. In a query string the comparison is part of the name, so
 * `DateCreated<=D` is the parameter `DateCreated<`; written with %3D it is all name. Helper libraries send
 * date-times.
 *
 * @param query decoded pairs
 * @throws AppError `invalid_request` for what is no date
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
