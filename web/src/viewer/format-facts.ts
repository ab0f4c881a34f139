import { strings } from '../strings.ts';

const dateTime = new Intl.DateTimeFormat(strings.language, {
  dateStyle: 'medium',
  timeStyle: 'short',
});
const longDateTime = new Intl.DateTimeFormat(strings.language, {
  dateStyle: 'full',
  timeStyle: 'medium',
});

/** A local date and time, short. */
export function formatTime(iso: string): string {
  return dateTime.format(new Date(iso));
}

/** With the day of the week, and seconds. */
export function formatLongTime(iso: string): string {
  return longDateTime.format(new Date(iso));
}

/** @param bytes a whole number */
export function formatSize(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return new Intl.NumberFormat(strings.language, {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: power < 2 ? 0 : 1,
  }).format(bytes / 1000 ** power);
}
