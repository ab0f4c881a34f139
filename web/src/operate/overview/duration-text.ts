import { strings } from '../../strings.ts';

const UNITS = [
  ['hour', 3600],
  ['minute', 60],
] as const;
/** Below two of a unit, the smaller one says more. */
const LEAST = 2;

/** A time in its largest unit, such as "1.5 sec", "95 sec" or "12 min". @param seconds at least 0 */
export function durationText(seconds: number): string {
  const [unit, length] = UNITS.find(([, length]) => seconds >= LEAST * length) ?? ['second', 1];
  const count = seconds / length;
  return new Intl.NumberFormat(strings.language, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: count < 10 ? 1 : 0,
  }).format(count);
}
