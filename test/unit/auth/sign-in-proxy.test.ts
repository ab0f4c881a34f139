import { expect, test } from 'vitest';
import { proxyUserName } from '../../../src/auth/sign-in-proxy.ts';

const asHeader = (text: string) => Buffer.from(text).toString('latin1');

test.each([
  ['ada@example.com', 'proxy:ada@example.com'],
  ['ADMIN_API_KEY', 'proxy:ADMIN_API_KEY'],
  ['Zoë', 'proxy:Zo%C3%AB'],
  ['a b', 'proxy:a%20b'],
  ['a%20b', 'proxy:a%2520b'],
  ['a\tb', 'proxy:a%09b'],
  ['system:scan', 'proxy:system%3Ascan'],
])('%j is %s', (user, name) => {
  expect(proxyUserName(asHeader(user))).toBe(name);
});

test('a name is bounded and printable, and no two users share one', () => {
  const users = ['x'.repeat(5000), `${'x'.repeat(4999)}y`, 'é'.repeat(100), '\u0001'.repeat(90)];
  const names = users.map((user) => proxyUserName(asHeader(user)));
  expect(new Set(names).size).toBe(users.length);
  for (const name of names) expect(name).toMatch(/^proxy:[\x21-\x7e]{80}$/);
  expect(proxyUserName('x'.repeat(80))).toBe(`proxy:${'x'.repeat(80)}`);
  // The mark of a long name is percent-encoded in others.
  expect(proxyUserName(names[0]?.slice(6) ?? '')).not.toBe(names[0]);
});
