import { strings } from '../strings.ts';
import { type Filter, startOfDay } from './filter.ts';

const day = new Intl.DateTimeFormat(strings.language, { dateStyle: 'medium' });

/** One part of a filter, to say and to take away. */
interface Chip {
  names: (keyof Filter)[];
  /** What it is, and the value. */
  label: readonly string[];
}

/** A filter in words. */
export function chipsOf(filter: Filter): Chip[] {
  const { chips, kinds, states, moderations, locations } = strings.find;
  const { kind, state, moderation, hasLocation } = filter;
  const named: [keyof Filter, string | undefined][] = [
    ['kind', kind && kinds[kind]],
    ['state', state && states[state]],
    ['moderation', moderation && moderations[moderation]],
    ['hasLocation', hasLocation === undefined ? undefined : locations[`${hasLocation}`]],
  ];
  const valued = (['from', 'to', 'text', 'sha256'] as const).flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [{ names: [name], label: chips[name](value) }];
  });
  return [
    ...valued,
    ...dayChips(filter),
    ...named.flatMap(([name, value]) =>
      value === undefined ? [] : [{ names: [name], label: ['', value] }],
    ),
  ];
}

/** Two days are one thing to people. */
function dayChips({ since, until }: Filter): Chip[] {
  const { chips } = strings.find;
  const [first, last] = [since, until].map((text) => (text ? startOfDay(text) : null));
  if (first && last) {
    return [{ names: ['since', 'until'], label: ['', day.formatRange(first, last)] }];
  }
  if (first) return [{ names: ['since'], label: chips.since(day.format(first)) }];
  return last ? [{ names: ['until'], label: chips.until(day.format(last)) }] : [];
}
