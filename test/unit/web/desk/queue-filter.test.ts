import { expect, test } from 'vitest';
import {
  type QueueFilter,
  queueQueryOf,
  readQueueFilter,
  writeQueueFilter,
} from '../../../../web/src/desk/queue-filter.ts';

const read = (query: string) => readQueueFilter(new URLSearchParams(query));

test.each<[string, QueueFilter]>([
  ['', {}],
  ['from=%2B15551234567&label=weapon', { from: '+15551234567', label: 'weapon' }],
  ['kind=video&age=day', { kind: 'video', age: 'day' }],
  // What is not understood is left out.
  ['kind=films&age=long&from=&label=%20&moderation=held', {}],
  ['kind=toString&age=constructor', {}],
])('the filter of an address: %s', (query, filter) => {
  expect(read(query)).toEqual(filter);
});

test('an address has it in one order', () => {
  const filter: QueueFilter = {
    label: 'a & b',
    kind: 'picture',
    age: 'week',
    from: '+15551234567',
  };
  const query = writeQueueFilter(filter);
  expect(query).toBe('age=week&from=%2B15551234567&kind=picture&label=a+%26+b');
  expect(read(query)).toEqual(filter);
});

test('as the API takes it: kinds are the beginning of types, an age is a time', () => {
  const now = Date.parse('2026-11-29T12:00:00.000Z');
  const filter: QueueFilter = { from: '+15551234567', kind: 'audio', age: 'day' };
  expect(queueQueryOf(filter, now)).toEqual({
    from: '+15551234567',
    contentType: 'audio/',
    receivedBefore: '2026-11-28T12:00:00.000Z',
  });
  expect(queueQueryOf({}, now)).toEqual({});
});
