import type { Request } from 'express';
import { expect, test } from 'vitest';
import { ALL_WORK, type Caller } from '../../../src/auth/api-keys.ts';
import { createKeyring } from '../../../src/twilio/keyring.ts';
import { createBasicAuth } from '../../../src/twilio-api/basic-auth.ts';

const accountSid = `AC${'0'.repeat(32)}`;
const keyring = createKeyring([
  { accountSid, authToken: 'first' },
  { accountSid, authToken: 'se:cond' },
]);
const GALLERY: Caller = {
  keyId: '1',
  secretHash: '',
  name: 'gallery',
  role: 'viewer',
  work: ALL_WORK,
};
const asked: string[] = [];
const authenticate = createBasicAuth(keyring, {
  async authenticate(secret) {
    asked.push(secret);
    return secret === 'mmsi_secret' ? GALLERY : null;
  },
  find: async () => null,
});
const as = (header: string | undefined) =>
  authenticate({ get: () => header } as unknown as Request);
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

test.each([
  [`${accountSid}:first`, { accountSid, name: accountSid, role: 'moderator' }],
  [`${accountSid}:se:cond`, { accountSid, name: accountSid, role: 'moderator' }],
  ['gallery:mmsi_secret', { accountSid: null, name: 'gallery', role: 'viewer' }],
])('%s is let in', async (credentials, caller) => {
  expect(await as(basic(credentials))).toEqual(caller);
});

test.each([
  undefined,
  '',
  'Basic',
  'Basic ',
  basic(''),
  basic(':'),
  basic(accountSid),
  basic(`${accountSid}:`),
  basic(`${accountSid}:firs`),
  basic(`${accountSid}:first:`),
  basic(`${accountSid}:se`),
  basic('gallery:first'),
  basic('other:mmsi_secret'),
  basic(':mmsi_secret'),
  `Bearer ${Buffer.from(`${accountSid}:first`).toString('base64')}`,
  `${basic(`${accountSid}:first`)}, ${basic('a:b')}`,
])('%s is not', async (header) => {
  await expect(as(header)).rejects.toMatchObject({
    code: 'unauthorized',
    headers: { 'WWW-Authenticate': 'Basic realm="Twilio API"' },
  });
});

test('no key is looked for without a secret', async () => {
  asked.length = 0;
  await expect(as(basic('gallery:'))).rejects.toThrow();
  expect(asked).toEqual([]);
});
