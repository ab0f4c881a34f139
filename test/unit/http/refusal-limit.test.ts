import { expect, test } from 'vitest';
import { createRefusalLimit } from '../../../src/http/refusal-limit.ts';

async function ask(verbosityFor: ReturnType<typeof createRefusalLimit>, addresses: string[]) {
  const counts = { full: 0, last: 0, none: 0 };
  for (const address of addresses) counts[await verbosityFor(address)] += 1;
  return counts;
}

const many = (count: number, address: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => address(n));

test.each([
  ['one address', () => '203.0.113.7'],
  [
    'one address, also as IPv6 writes it',
    (n: number) => (n % 2 ? '203.0.113.7' : '::ffff:203.0.113.7'),
  ],
  ['one network of IPv6', (n: number) => `2001:db8:1:2:${n.toString(16)}::1`],
  ['what is no address', (n: number) => `forged-${n}`],
])('%s gets twenty lines, of which the last says so', async (_what, address) => {
  expect(await ask(createRefusalLimit(), many(30, address))).toEqual({
    full: 19,
    last: 1,
    none: 10,
  });
});

test('another address has its own', async () => {
  const verbosityFor = createRefusalLimit();
  await ask(
    verbosityFor,
    many(30, () => '203.0.113.7'),
  );
  expect(await verbosityFor('203.0.113.8')).toBe('full');
  expect(await verbosityFor('2001:db8:1:3::1')).toBe('full');
});

test('however many addresses there are, their lines have an end', async () => {
  const verbosityFor = createRefusalLimit();
  const addresses = many(2000, (n) => `203.0.${n >> 8}.${n % 256}`);
  expect(await ask(verbosityFor, addresses)).toEqual({ full: 500, last: 0, none: 1500 });
});
