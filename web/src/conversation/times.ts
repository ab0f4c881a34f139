import { clockText } from '../frame/day-text.ts';
import { strings } from '../strings.ts';

const language = strings.language;
const whole = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long' });
const day = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' });

/** Everything of a time, for those who want to know. */
export function wholeOf(time: Date): string {
  return whole.format(time);
}

/** A time to come: with its day, unless that is today. */
export function soonOf(time: Date): string {
  const isToday = dayKeyOf(time) === dayKeyOf(new Date());
  return isToday ? clockText(time) : `${day.format(time)}, ${clockText(time)}`;
}

/** A local day, to compare. */
export function dayKeyOf(time: Date): string {
  return [time.getFullYear(), time.getMonth(), time.getDate()].join('-');
}
