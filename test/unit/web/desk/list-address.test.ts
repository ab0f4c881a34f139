import { expect, test } from 'vitest';
import {
  isListName,
  type ListName,
  readListFilter,
  writeListFilter,
} from '../../../../web/src/desk/lists/list-address.ts';

const HASH = 'ab'.repeat(32);

test.each<[ListName, string, string]>([
  ['deletions', 'state=stuck', 'state=stuck'],
  ['deletions', 'state=lost&from=%2B15551234567', ''],
  ['blocklist', `hash=${HASH}&kind=pdq`, `kind=pdq&hash=${HASH}`],
  ['blocklist', 'hash=12&kind=', ''],
  ['senders', 'policy=refuse&address=%2B15551234567', 'policy=refuse'],
  ['senders', 'policy=none&muted=false', ''],
  ['audit', 'actor=proxy%3Aada&action=media.approve', 'actor=proxy%3Aada&action=media.approve'],
  ['audit', 'actor=%C3%A4da&since=yesterday&until=2026-01-31', 'until=2026-01-31'],
  [
    'endpoints',
    `state=failed&endpoint=ep_${'0a'.repeat(12)}`,
    `endpoint=ep_${'0a'.repeat(12)}&state=failed`,
  ],
  ['endpoints', 'state=lost&endpoint=https%3A%2F%2Fexample.com', ''],
])('%s?%s is %s', (name, query, kept) => {
  expect(writeListFilter(readListFilter(name, new URLSearchParams(query)))).toBe(kept);
});

test.each(['held', 'constructor', ''])('“%s” is no list', (name) => {
  expect(isListName(name)).toBe(false);
});
