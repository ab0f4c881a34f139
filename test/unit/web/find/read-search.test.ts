import { expect, test } from 'vitest';
import { meaningsOf, readAddress, readNumber } from '../../../../web/src/find/read-search.ts';

test.each([
  ['+15551234567', '+15551234567'],
  ['+1 (555) 123-4567', '+15551234567'],
  ['0049 170 1234567', '+491701234567'],
  ['555 123 4567', '+15551234567'],
  ['4917012345678', '+4917012345678'],
  ['12345', null],
  ['+0551234567', null],
  ['555-CALL', null],
  ['roof', null],
  ['', null],
])('the number %o is %o', (text, number) => {
  expect(readNumber(text)).toBe(number);
});

test.each([
  ['+1 555 123 4567', '+15551234567'],
  ['12345', '12345'],
  ['whatsapp:+15551234567', 'whatsapp:+15551234567'],
  ['ACME 24', 'ACME 24'],
  ['5551234567890123456', null],
  ['what is this?', null],
  ['+1', null],
])('the address %o is %o', (text, address) => {
  expect(readAddress(text)).toBe(address);
});

test('a number may be a sender, a recipient or words', () => {
  expect(meaningsOf(' 555 123 4567 ').map(({ adds }) => adds)).toEqual([
    { from: '+15551234567' },
    { to: '+15551234567' },
    { text: '555 123 4567' },
  ]);
});

test('a hash is one, in either case', () => {
  const hash = 'AB'.repeat(32);
  const [first] = meaningsOf(hash);
  expect(first?.adds).toEqual({ sha256: hash.toLowerCase() });
});

test('anything else is words, and nothing is nothing', () => {
  expect(meaningsOf('roof leak').map(({ adds }) => adds)).toEqual([{ text: 'roof leak' }]);
  expect(meaningsOf('  ')).toEqual([]);
});
