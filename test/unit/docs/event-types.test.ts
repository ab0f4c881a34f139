import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DEFAULT_RETRY_SECONDS } from '../../../src/events/deliveries/delivery-schedule.ts';
import { EVENT_TYPES, eventPayload } from '../../../src/events/event-schemas.ts';

const page = readFileSync(new URL('../../../docs/events.md', import.meta.url), 'utf8');

test('docs/events.md has every type of event in its table, and no other', () => {
  const [table = ''] = /^\| type [\s\S]*?\n\n/m.exec(page) ?? [];
  const named = [...table.matchAll(/`([a-z]+\.[a-z]+)`/g)].map(([, type]) => type);
  expect(named.toSorted()).toEqual(EVENT_TYPES.toSorted());
});

test('every example of an event in docs/events.md is one', () => {
  const events = [...page.matchAll(/^```json\n([\s\S]*?)```/gm)]
    .map(([, json = '']) => JSON.parse(json))
    .filter(({ data }) => data !== undefined)
    .map((event) => eventPayload.parse(event));
  expect(events.map(({ type }) => type)).toEqual([
    ...['message.received', 'media.stored', 'media.failed'],
    ...['media.deleted', 'deletion.completed'],
  ]);
});

test('the pauses in docs/events.md are those of the code', () => {
  const words = DEFAULT_RETRY_SECONDS.map((seconds) =>
    seconds < 60 ? `${seconds} s` : seconds < 3600 ? `${seconds / 60} min` : `${seconds / 3600} h`,
  );
  const flat = page.replaceAll(/\s+/g, ' ');
  expect(flat).toContain(`${words.slice(0, -1).join(', ')} and ${words.at(-1)}`);
});
