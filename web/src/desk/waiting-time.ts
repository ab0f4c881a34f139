import { serverNow } from '../api/server-clock.ts';
import { strings } from '../strings.ts';

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** How long ago something was, in its largest unit, such as "3 hours"; under a minute "a moment". */
export function agoText(at: string, now = serverNow()): string {
  return spanText(at, now) ?? strings.desk.moment;
}

/** How long something has waited, as `agoText`; under a minute it says so. */
export function waitText(at: string, now = serverNow()): string {
  return spanText(at, now) ?? strings.desk.underMinute;
}

function spanText(at: string, now: number): string | undefined {
  const seconds = (now - Date.parse(at)) / 1000;
  for (const [unit, length] of UNITS) {
    const count = Math.floor(seconds / length);
    if (count >= 1) {
      const format = { style: 'unit', unit, unitDisplay: 'long' } as const;
      return new Intl.NumberFormat(strings.language, format).format(count);
    }
  }
  return undefined;
}
