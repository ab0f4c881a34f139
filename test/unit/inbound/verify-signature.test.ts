import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  getExpectedTwilioSignature,
  validateRequest,
  validateRequestWithBody,
} from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, test } from 'vitest';
import { findSigningToken, signedUrls } from '../../../src/inbound/verify-signature.ts';
import { parseForm, type WebhookRequest } from '../../../src/inbound/webhook-request.ts';

const TOKEN = '12345';
const HOOK = 'https://mms.example.com/twilio/incoming';

/** What twilio-node says of a request. */
function isValidForTwilio({ url, signature, params, jsonBody, paramsInUrl }: WebhookRequest) {
  if (jsonBody !== undefined) return validateRequestWithBody(TOKEN, signature, url, jsonBody);
  return validateRequest(TOKEN, signature, url, paramsInUrl ? {} : params);
}

const form = (url: string, params: Record<string, unknown>, signedFor = url): WebhookRequest => ({
  url,
  params,
  signature: getExpectedTwilioSignature(TOKEN, signedFor, params),
  paramsInUrl: false,
});

const urls = [
  HOOK,
  'https://mms.example.com:443/twilio/incoming',
  'https://mms.example.com:8443/twilio/incoming',
  'http://mms.example.com/twilio/incoming',
  'http://mms.example.com:80/twilio/incoming',
  'HTTPS://MMS.example.com/twilio/incoming',
  'https://user:pass@mms.example.com/twilio/incoming',
  'https://user:p@ss@mms.example.com:8443/twilio/incoming',
  'https://[2001:db8::1]/twilio/incoming',
  'https://[2001:db8::1]:8443/twilio/incoming',
  `${HOOK}?`,
  `${HOOK}?a=1&b=2`,
  `${HOOK}?q=it's`,
  `${HOOK}?q=it%27s&r=a+b`,
  `${HOOK}?q=a%20b&r=%C3%A9`,
  `${HOOK}?q=é&r=ü`,
  `${HOOK}?q=%zz&r=%FF`,
  `${HOOK}?a=2&a=1&a=2`,
  `${HOOK}?a&b=&&c`,
  `${HOOK}?q=!*()'~;:@,$/`,
  'https://mms.example.com/a/../twilio/./incoming?x=1',
  'https://mms.example.com/twilio incoming',
  'https://müller.example/twilio/incoming',
  `${HOOK}#rc=5&rp=all`,
];
const forms: Record<string, unknown>[] = [
  {},
  { CallSid: 'CA1', From: '+1415', To: '+1800' },
  { ...parseForm('b=1&a=2&B=3&_=4&10=5&9=6') },
  { ...parseForm('a=2&a=1&a=2&a=10') },
  { ...parseForm('Body=%F0%9F%93%B7+caf%C3%A9+%FF&Empty=&NoValue') },
  { ...parseForm('__proto__=1&constructor=2&toString=3') },
  { Body: 'x'.repeat(20_000) },
  { '📷': 'é', é: '📷', '\u0000': '\u0000' },
];

describe('the decision is that of twilio-node', () => {
  /** As received, and what else may have been signed: by twilio-node's rules, and by none. */
  const signedFor = (url: string) => {
    const { asReceived, normalized } = signedUrls(url);
    return [url, ...asReceived, ...normalized(), `${url}x`, url.replace('mms', 'mmt')];
  };

  test.each(urls)('for %s', (url) => {
    for (const params of forms) {
      for (const signed of signedFor(url)) {
        const request = form(url, params, signed);
        const expected = isValidForTwilio(request);
        expect([signed, findSigningToken(request, ['other', TOKEN])]).toEqual([
          signed,
          expected ? 1 : -1,
        ]);
        const inUrl = { ...form(url, {}, signed), params, paramsInUrl: true };
        expect(findSigningToken(inUrl, [TOKEN]) === 0).toBe(isValidForTwilio(inUrl));
      }
    }
  });

  const text = '{"AccountSid":"AC1","Body":"é📷"}';
  const hash = createHash('sha256').update(text).digest('hex');
  test.each([
    `${HOOK}?bodySHA256=${hash}`,
    `${HOOK}?a=it's&bodySHA256=${hash}`,
    `${HOOK}?bodySHA256=${hash}&bodySHA256=other`,
    `${HOOK}?bodySHA256=other&bodySHA256=${hash}`,
    `${HOOK}?bodySHA256=${hash.toUpperCase()}`,
    `${HOOK}?bodySHA256=${hash.slice(1)}`,
    `${HOOK}?bodySHA256=`,
    HOOK,
  ])('for JSON at %s', (url) => {
    for (const jsonBody of [text, `${text} `, '']) {
      const request = { ...form(url, {}), jsonBody };
      expect(findSigningToken(request, [TOKEN]) === 0).toBe(isValidForTwilio(request));
    }
  });

  test('for whatever anybody thinks of', () => {
    const part = fc.string({ unit: 'binary', maxLength: 12 });
    const pairs = fc.array(fc.tuple(part, part), { maxLength: 8 });
    const shape = fc.record({
      scheme: fc.constantFrom('http', 'https'),
      port: fc.constantFrom('', ':80', ':443', ':8443'),
      query: fc.string({ unit: 'grapheme-ascii', maxLength: 30 }),
      pairs,
      signed: fc.nat(9),
    });
    fc.assert(
      fc.property(shape, ({ scheme, port, query, pairs, signed }) => {
        const url = `${scheme}://mms.example.com${port}/twilio/incoming?${query}`;
        const params = { ...parseForm(String(new URLSearchParams(pairs))) };
        const candidates = signedFor(url);
        const request = form(url, params, candidates[signed % candidates.length]);
        expect(findSigningToken(request, [TOKEN]) === 0).toBe(isValidForTwilio(request));
      }),
    );
  });
});

test.each(['', 'x', 'Zm9yZ2VkIHNpZ25hdHVyZSE9PT0=', 'é'.repeat(14), '='.repeat(28)])(
  'a signature such as %j is refused',
  (signature) => {
    expect(findSigningToken({ ...form(HOOK, { a: '1' }), signature }, [TOKEN])).toBe(-1);
  },
);

test('parameters are sorted once, however many URLs and tokens are tried', () => {
  let reads = 0;
  const params = new Proxy(
    { AccountSid: 'AC1', Body: 'x' },
    {
      ownKeys(target) {
        reads += 1;
        return Reflect.ownKeys(target);
      },
    },
  );
  const request = { ...form(`${HOOK}?q=it's`, {}), params };
  expect(findSigningToken(request, ['one', 'two', 'three', 'four'])).toBe(-1);
  expect(reads).toBe(1);
});
