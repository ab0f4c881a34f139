import { describe, expect, test } from 'vitest';
import { findSigningToken } from '../../../src/inbound/verify-signature.ts';
import { parseForm, textParam } from '../../../src/inbound/webhook-request.ts';

describe('a form', () => {
  test.each<[string, Record<string, unknown>]>([
    ['', {}],
    ['a=1&b=', { a: '1', b: '' }],
    ['a', { a: '' }],
    ['a=1+2%2B', { a: '1 2+' }],
    ['?a=1', { a: '1' }],
    ['a=1&a=2&a=1', { a: ['1', '2', '1'] }],
    ['a[b]=c', { 'a[b]': 'c' }],
    ['a=%F0%9F%93%B7', { a: '📷' }],
    ['a=%FF', { a: '\uFFFD' }],
    ['a=%', { a: '%' }],
    ['constructor=1&toString=2', { constructor: '1', toString: '2' }],
  ])('%s is %j', (text, expected) => {
    expect({ ...parseForm(text) }).toEqual(expected);
  });

  test('with __proto__ has a parameter of that name', () => {
    expect(Object.entries(parseForm('__proto__=1&__proto__=2'))).toEqual([
      ['__proto__', ['1', '2']],
    ]);
  });
});

test.each([
  ['text', 'text'],
  [['first', 'second'], 'first'],
  [7, '7'],
  [false, 'false'],
  [undefined, ''],
  [null, ''],
  [{ a: 1 }, ''],
  [[], ''],
  [[['nested']], ''],
])('the text of %j is %j', (value, expected) => {
  expect(textParam({ Body: value }, 'Body')).toBe(expected);
});

describe('the example of Twilio’s documentation', () => {
  // https://www.twilio.com/docs/usage/webhooks/webhooks-security
  const example = {
    url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
    signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
    params: {
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675309',
      Digits: '1234',
      From: '+14158675309',
      To: '+18005551212',
    },
    paramsInUrl: false,
  };

  test('is verified, and the token that signed it found', () => {
    expect(findSigningToken(example, ['12345'])).toBe(0);
    expect(findSigningToken(example, ['other', '12345'])).toBe(1);
    expect(findSigningToken(example, ['other'])).toBe(-1);
    expect(findSigningToken(example, [])).toBe(-1);
  });

  test.each([
    ['another URL', { url: 'https://mycompany.com/myapp.php?foo=1&bar=3' }],
    ['another value', { params: { ...example.params, Digits: '1235' } }],
    ['one value more', { params: { ...example.params, Extra: 'x' } }],
    ['parameters left out', { paramsInUrl: true }],
    ['a body that is JSON', { jsonBody: '{}' }],
    ['no signature', { signature: '' }],
    ['what is no URL', { url: 'http://a b/' }],
  ])('with %s is not', (_name, change) => {
    expect(findSigningToken({ ...example, ...change }, ['12345'])).toBe(-1);
  });
});
