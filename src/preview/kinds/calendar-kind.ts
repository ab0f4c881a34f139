import { type PreviewKind, readBeginning, UndecodableError } from '../preview-kind.ts';
import type { EventDetails } from '../preview-result.ts';
import { PREVIEW_TYPES } from '../preview-types.ts';
import { drawCard } from './card.ts';
import { decodeText } from './decode-text.ts';
import { readEvents } from './icalendar.ts';

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
