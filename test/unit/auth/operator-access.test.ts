import type { Request } from 'express';
import { expect, test } from 'vitest';
import { createIsOnThisMachine } from '../../../src/auth/operator-access.ts';

const PLAIN = { publicUrl: undefined, trustProxy: false, signInProxy: undefined };
const PUBLIC = 'https://mms.example.org/prefix';

function isOnThisMachine(
  headers: Record<string, string>,
  peer: string | undefined = '127.0.0.1',
  options: Parameters<typeof createIsOnThisMachine>[0] = PLAIN,
): boolean {
  const request = {
    socket: { remoteAddress: peer },
    headers: { host: 'localhost:3000', ...headers },
  };
  return createIsOnThisMachine(options)(request as unknown as Request);
}

test.each(['127.0.0.1', '127.3.2.1', '::1', '::ffff:127.0.0.1'])('%s is this machine', (peer) => {
  expect(isOnThisMachine({}, peer)).toBe(true);
});

test.each(['10.0.0.7', '203.0.113.7', '::ffff:10.0.0.7', 'fe80::1', '', undefined])(
  '%s is not',
  (peer) => expect(isOnThisMachine({}, peer ?? '')).toBe(false),
);

test.each([
  ['x-forwarded-for', '203.0.113.7'],
  ['x-forwarded-for', '127.0.0.1'],
  ['x-forwarded-proto', 'https'],
  ['x-forwarded-host', 'mms.example.org'],
  ['forwarded', 'for=203.0.113.7'],
  ['via', '1.1 vegur'],
  ['x-real-ip', '203.0.113.7'],
  ['cf-connecting-ip', '203.0.113.7'],
  ['true-client-ip', '203.0.113.7'],
  ['fly-client-ip', '203.0.113.7'],
])('what a proxy on this machine passes on with %s: %s is not from here', (name, value) => {
  expect(isOnThisMachine({ [name]: value })).toBe(false);
});

test.each([
  ['localhost', true],
  ['127.0.0.1:3000', true],
  ['[::1]:3000', true],
  ['mms.example.org', false],
  ['10.0.0.7:3000', false],
  // Of a page whose name leads to this machine (DNS rebinding).
  ['127.0.0.1.evil.example', false],
  ['', false],
  ['a b', false],
])('the Host %j: %s', (host, expected) => {
  expect(isOnThisMachine({ host })).toBe(expected);
});

test.each<[string | undefined, boolean | number | string[], boolean]>([
  [undefined, false, true],
  ['http://localhost:3000', false, true],
  ['http://inbox.internal', false, true],
  [PUBLIC, false, false],
  [PUBLIC, ['loopback'], false],
  [undefined, true, false],
  [undefined, 1, false],
  [undefined, ['loopback'], false],
  ['http://localhost:3000', ['10.0.0.0/8'], false],
])(
  'PUBLIC_URL %s and TRUST_PROXY %j: %s, as a proxy may set no header at all',
  (publicUrl, trustProxy, expected) => {
    expect(isOnThisMachine({}, '127.0.0.1', { ...PLAIN, publicUrl, trustProxy })).toBe(expected);
  },
);

test('the sign-in proxy is not this machine', () => {
  const signInProxy = {
    header: 'X-Inbox-User',
    addresses: ['127.0.0.1'],
    roleHeader: undefined,
    role: 'admin' as const,
  };
  expect(isOnThisMachine({}, '127.0.0.1', { ...PLAIN, signInProxy })).toBe(false);
  expect(isOnThisMachine({}, '::1', { ...PLAIN, signInProxy })).toBe(true);
});
