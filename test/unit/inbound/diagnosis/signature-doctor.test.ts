import type { Request } from 'express';
import { expect, test } from 'vitest';
import { createSignatureDiagnosis } from '../../../../src/inbound/diagnosis/diagnose-signature.ts';
import { createKeyring } from '../../../../src/twilio/keyring.ts';

const AccountSid = `AC${'0'.repeat(32)}`;

test('a flood is diagnosed once a second, and the next line counts what was skipped', () => {
  let now = 0;
  const keyring = createKeyring([{ accountSid: AccountSid, authToken: 'x' }]);
  const explain = createSignatureDiagnosis({ keyring, publicUrl: 'https://a.example' }, () => now);
  const lines: object[] = [];
  const request = {
    originalUrl: '/twilio/incoming',
    protocol: 'http',
    get: () => undefined,
    log: { warn: (fields: object) => lines.push(fields) },
  } as unknown as Request;
  const webhook = {
    url: 'https://a.example/twilio/incoming',
    signature: 'wrong',
    params: { AccountSid },
    paramsInUrl: false,
  };
  for (let sent = 0; sent < 1000; sent += 1) explain(request, webhook);
  now = 999;
  explain(request, webhook);
  expect(lines).toMatchObject([{ skipped: 0 }]);
  now = 1000;
  explain(request, webhook);
  expect(lines).toMatchObject([{ skipped: 0 }, { skipped: 1000 }]);
});
