import { strings } from '../strings.ts';

// Days and times in words.

const { language } = strings;
const clock = new Intl.DateTimeFormat(language, { timeStyle: 'short' });
const day = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' });
const dayAndYear = new Intl.DateTimeFormat(language, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const longDate = new Intl.DateTimeFormat(language, { dateStyle: 'long' });
const month = new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric' });
const relativeDay = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });

/** The time of a day, such as 3:04 PM. */
export function clockText(at: string | Date): string {
  return clock.format(new Date(at));
}

/**
 * The heading of a local day: "Today", "Yesterday", or its date, with the year when it is another one.
 *
 * @param at any time of the day
 */
export function dayText(at: string | Date, now = new Date()): string {
  const date = new Date(at);
  // Days of 23 and 25 hours, too.
  const ago = Math.round((startOf(now) - startOf(date)) / 86_400_000);
  if (ago === 0 || ago === 1) return capitalized(relativeDay.format(-ago, 'day'));
  return (date.getFullYear() === now.getFullYear() ? day : dayAndYear).format(date);
}

/** With the year, such as "October 18, 2026". */
export function dateText(from: string): string {
  return longDate.format(new Date(from));
}

export function monthText(from: string): string {
  return month.format(new Date(from));
}

function startOf(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function capitalized(text: string): string {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}
