import { strings } from '../strings.ts';

interface EventTime {
  start?: string;
  end?: string;
  timeZone?: string;
}

/**
 * When a calendar entry is, in the time zone of the reader, or in its own where that is not known: such times are as they
 * are written, wherever one is.
 *
 * @param event times as the API has them: a date of an all-day entry, with `Z` or an offset, or without one
 */
export function formatEventTime({ start = '', end, timeZone }: EventTime): string {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(start);
  const first = new Date(isDay ? `${start}T00:00` : start);
  if (Number.isNaN(first.getTime())) return start;
  const format = new Intl.DateTimeFormat(strings.language, {
    dateStyle: 'full',
    ...(!isDay && { timeStyle: 'short' }),
  });
  const last = end === undefined ? first : lastOf(end, isDay);
  const text = last > first ? format.formatRange(first, last) : format.format(first);
  const isFloating = !isDay && !/(Z|[+-]\d\d:?\d\d)$/.test(start);
  return isFloating && timeZone !== undefined ? `${text} (${timeZone})` : text;
}

/** The end of an all-day entry is the day after it. */
function lastOf(end: string, isDay: boolean): Date {
  const last = new Date(isDay ? `${end}T00:00` : end);
  if (isDay) last.setDate(last.getDate() - 1);
  return last;
}
