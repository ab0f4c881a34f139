import ICAL from 'ical.js';
import type { EventDetails } from '../media-details.ts';
import { type PreviewKind, readBeginning, UndecodableError } from '../preview-kind.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';
import { drawCard } from './card.ts';
import { decodeQuoted, isQuotedPrintable, parseLine, unfold } from './content-lines.ts';
import { decodeText } from './decode-text.ts';
import { singleLine } from './format-text.ts';

const MAX_BYTES = 8 * 1024 * 1024;
const MAX_EVENTS = 10;

/** A card of the first event in an iCalendar file. */
export const calendarKind: PreviewKind = {
  name: 'calendar',
  types: new Set(PREVIEW_TYPES.calendar),
  probe: async () => null,
  async render({ path, byteSize }) {
    const bytes = await readBeginning(path, MAX_BYTES);
    const { count, events } = readEvents(decodeText(bytes)?.text ?? '', MAX_EVENTS);
    const [event] = events;
    if (!event) throw new UndecodableError('The file has no readable event');
    const more = count === 2 ? 'and 1 more event' : `and ${count - 1} more events`;
    const picture = await drawCard({
      badge: 'ICS',
      colour: '#b91c1c',
      title: event.summary || 'Event',
      lines: [describeTime(event), event.location ?? '', count > 1 ? more : ''].filter(Boolean),
    });
    return {
      kind: 'calendar',
      picture,
      size: null,
      // Only the first MAX_BYTES are read, so a longer file may hold more events.
      details: { ...(byteSize <= MAX_BYTES && { eventCount: count }), events },
    };
  },
};

const DAY_NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTH_NAMES = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const DAY_MS = 86_400_000;

/**
 * Formats the time of an event independently of the machine's locale and time zone:
 * `Fri 27 Nov 2026, 14:00 – 15:30 (Europe/Berlin)`.
 *
 * @returns an empty text when there is no start
 */
export function describeTime({ start, end, timeZone }: Omit<EventDetails, 'summary'>): string {
  if (!start) return '';
  if (isDay(start)) return wholeDays(start, end && isDay(end) ? end : start);
  const zone = timeZone ?? zoneOf(start);
  const until = end && !isDay(end) && end !== start ? ` – ${endAfter(start, end)}` : '';
  return `${dayOf(start)}, ${timeOf(start)}${until}${zone ? ` (${zone})` : ''}`;
}

function isDay(iso: string): boolean {
  return !iso.includes('T');
}

/** The end of an all-day event is exclusive: the day after the last one. */
function wholeDays(start: string, end: string): string {
  const last = new Date(Date.parse(end) - DAY_MS).toISOString().slice(0, 10);
  return last > start ? `${dayOf(start)} – ${dayOf(last)}` : dayOf(start);
}

function endAfter(start: string, end: string): string {
  const day = start.slice(0, 10) === end.slice(0, 10) ? '' : `${dayOf(end)}, `;
  // An end in UTC may follow a start in a named zone.
  const zone = zoneOf(end);
  return `${day}${timeOf(end)}${zone === null || zone === zoneOf(start) ? '' : ` ${zone}`}`;
}

/** `UTC`, `UTC-05:00`, or null for a time without an offset. */
function zoneOf(iso: string): string | null {
  if (iso.endsWith('Z')) return 'UTC';
  const offset = /T.*([+-]\d\d:\d\d)$/.exec(iso)?.[1];
  return offset === undefined ? null : `UTC${offset}`;
}

function dayOf(iso: string): string {
  const date = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  const [day, month] = [DAY_NAMES[date.getUTCDay()], MONTH_NAMES[date.getUTCMonth()]];
  return `${day} ${date.getUTCDate()} ${month} ${date.getUTCFullYear()}`;
}

function timeOf(iso: string): string {
  return iso.slice(11, 16);
}

/** In UTF-16 units, of one line that is parsed. */
export const MAX_LINE = 4_000;
// ical.js adds a duration month by month, so a malicious one would block the process.
const MAX_DURATION_SECONDS = 100 * 366 * 86_400;
// ical.js drops the UTC offset of a time, which some programs write though no standard allows it: the offset
// is passed on as a parameter.
export const OFFSET = 'x-utc-offset';
// Basic or extended ISO 8601.
const TIME_WITH_OFFSET =
  /(\d{4})-?(\d{2})-?(\d{2})T(\d{2}):?(\d{2}):?(\d{2})(?:Z|([+-]\d{2}):?(\d{2}))?$/i;

interface Moment {
  time: ICAL.Time;
  /** Such as `-05:00`; empty when the time has none, or ends in Z. */
  offset: string;
}

/**
 * Reads the events of an iCalendar file (RFC 5545) or a vCalendar 1.0
 * (https://www.imc.org/pdi/vcal-10.txt). Unreadable lines are skipped. Recurrences are not expanded; to-dos,
 * journals and alarms are not read. Linear in the length of the text.
 *
 * @param limit how many events are read; the others are only counted
 * @returns how many events begin in the text, and the first `limit` of them, with texts of at most
 *   200 characters
 */
export function readEvents(text: string, limit: number): { count: number; events: EventDetails[] } {
  const starts: number[] = [];
  let count = 0;
  for (const { index } of text.matchAll(/^BEGIN:VEVENT[ \t]*$/gim)) {
    count += 1;
    if (starts.length <= limit) starts.push(index);
  }
  const events = starts
    .slice(0, limit)
    .map((start, place) => readEvent(text.slice(start, starts[place + 1])));
  return { count, events };
}

function readEvent(block: string): EventDetails {
  const event = parseEvent(block);
  const property = (name: string) => event.getFirstProperty(name);
  const text = (name: string) =>
    singleLine(String(readable(() => event.getFirstPropertyValue(name)) ?? '')).trim();
  const timeZone = singleLine(property('dtstart')?.getFirstParameter('tzid') ?? '').trim();
  const start = readable(() => toTime(property('dtstart')));
  const end = readable(() => readEnd(event, start));
  const location = text('location');
  return {
    summary: text('summary'),
    ...(start && { start: toIso(start) }),
    ...(end && { end: toIso(end) }),
    ...(start && timeZone && { timeZone }),
    ...(location && { location }),
  };
}

/** An end in another time zone than the start is left out, because the result has one `timeZone` only. */
function readEnd(event: ICAL.Component, start: Moment | null): Moment | null {
  const property = event.getFirstProperty('dtend');
  if (property) {
    const end = toTime(property);
    const zone = event.getFirstProperty('dtstart')?.getFirstParameter('tzid');
    const sameZone = property.getFirstParameter('tzid') === zone;
    const isAbsolute = end?.time.zone === ICAL.Timezone.utcTimezone || end?.offset !== '';
    return sameZone || isAbsolute ? end : null;
  }
  const duration = event.getFirstPropertyValue('duration');
  if (!start || !(duration instanceof ICAL.Duration)) return null;
  if (Math.abs(duration.toSeconds()) > MAX_DURATION_SECONDS) return null;
  const time = start.time.clone();
  time.addDuration(duration);
  return { time, offset: start.offset };
}

function toTime(property: ICAL.Property | null): Moment | null {
  const time = property?.getFirstValue();
  if (!(time instanceof ICAL.Time)) return null;
  const moment = { time, offset: property?.getFirstParameter(OFFSET) ?? '' };
  // ical.js rolls over days that a month does not have, and writes years of any length.
  return isIso(toIso(moment)) ? moment : null;
}

function toIso({ time, offset }: Moment): string {
  return time.toString() + offset;
}

// Line by line, because ICAL.parse rejects the whole file for one invalid line.
function parseEvent(block: string): ICAL.Component {
  const properties: unknown[] = [];
  let depth = 0;
  for (const line of unfold(block)) {
    if (/^BEGIN:/i.test(line)) depth += 1;
    else if (/^END:/i.test(line)) depth -= 1;
    else if (depth === 1 && /^(?:SUMMARY|LOCATION|DTSTART|DTEND|DURATION)[;:]/i.test(line)) {
      const property = readable(() => parseProperty(line.slice(0, MAX_LINE)));
      if (property) properties.push(property);
    }
    if (depth <= 0) break;
  }
  return new ICAL.Component(['vevent', properties, []]);
}

/** As a jCal array of ical.js: name, parameters, type and value. */
export function parseProperty(line: string): unknown {
  const quoted = parseLine(line);
  if (quoted && isQuotedPrintable(quoted.parameters)) {
    const value = decodeQuoted(quoted.value, quoted.parameters).replace(
      /\\([n;,\\])/gi,
      (_, char: string) => (/n/i.test(char) ? ' ' : char),
    );
    return [quoted.name.toLowerCase(), {}, 'text', value];
  }
  if (!/^DT/i.test(line)) return ICAL.parse.property(line);
  const [, , , , , , , hours, minutes] = TIME_WITH_OFFSET.exec(line) ?? [];
  const basic = line.replace(TIME_WITH_OFFSET, (time, ...parts: string[]) => {
    const [year, month, day, hour, minute, second] = parts;
    return `${year}${month}${day}T${hour}${minute}${second}${/Z$/i.test(time) ? 'Z' : ''}`;
  });
  const [name, parameters, ...values] = ICAL.parse.property(withDateType(basic));
  const offset = hours === undefined ? '' : `${hours}:${minutes}`;
  return [name, { ...parameters, [OFFSET]: offset }, ...values];
}

/** Some programs write a date without `VALUE=DATE`. */
function withDateType(line: string): string {
  return line.replace(/^(DTSTART|DTEND):(?=\d{8}$)/i, '$1;VALUE=DATE:');
}

function isIso(text: string): boolean {
  return /^\d{4}-\d\d-\d\d(T|$)/.test(text) && !Number.isNaN(Date.parse(text));
}

/** ical.js throws on malformed values: they are untrusted input, and count as missing. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
