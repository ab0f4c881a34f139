import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  diagnose,
  form,
  PARAMS,
  PUBLIC,
  type RefusedWebhook,
} from '../../../support/refused-webhook.ts';

const set = (url: string) => new RegExp(`set PUBLIC_URL=${url.replaceAll('.', '\\.')}(;|$)`);

describe('PUBLIC_URL', () => {
  test.each<[string, RefusedWebhook, RegExp]>([
    ['has the wrong scheme', { publicUrl: 'http://mms.example.com' }, set(PUBLIC)],
    [
      'has the host behind the proxy, the real one is in Host',
      { publicUrl: 'http://10.0.0.7:3000', headers: { host: 'mms.example.com' } },
      set(PUBLIC),
    ],
    [
      'has the wrong host, the real one is in X-Forwarded-Host',
      {
        publicUrl: 'https://old.example.com',
        headers: { 'x-forwarded-host': 'mms.example.com, x' },
      },
      set(PUBLIC),
    ],
    [
      'has the wrong host, the real one is in Forwarded',
      {
        publicUrl: 'https://old.example.com',
        headers: { forwarded: 'for=192.0.2.1;host="mms.example.com";proto=https, for=10.0.0.1' },
      },
      set(PUBLIC),
    ],
    [
      'lacks the port',
      { signedUrl: `${PUBLIC}:8443/twilio/incoming`, headers: { host: 'mms.example.com:8443' } },
      set(`${PUBLIC}:8443`),
    ],
    [
      'lacks the port that X-Forwarded-Port tells',
      { signedUrl: `${PUBLIC}:8443/twilio/incoming`, headers: { 'x-forwarded-port': '8443' } },
      set(`${PUBLIC}:8443`),
    ],
    [
      'lacks the prefix that the proxy strips',
      {
        signedUrl: `${PUBLIC}/mms/twilio/incoming`,
        headers: { 'x-forwarded-prefix': '/mms/' },
      },
      set(`${PUBLIC}/mms`),
    ],
    ['has a prefix that is not called', { publicUrl: `${PUBLIC}/mms` }, set(PUBLIC)],
    [
      'is not set, and the proxy is not trusted',
      {
        publicUrl: undefined,
        headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'mms.example.com' },
      },
      /PUBLIC_URL is not set, and .* http:\/\/localhost:3000: set PUBLIC_URL=https:\/\/mms\.example\.com$/,
    ],
    [
      'is wrong in scheme, host and prefix',
      {
        publicUrl: 'http://localhost:3000',
        signedUrl: `${PUBLIC}/mms/twilio/incoming`,
        headers: {
          'x-forwarded-proto': 'https',
          'x-forwarded-host': 'mms.example.com',
          'x-forwarded-prefix': '/mms',
        },
      },
      set(`${PUBLIC}/mms`),
    ],
    [
      'has the wrong scheme, for a request by GET',
      {
        method: 'GET',
        publicUrl: 'http://mms.example.com',
        target: `/twilio/incoming?${form(PARAMS)}`,
        signedUrl: `${PUBLIC}/twilio/incoming?${form(PARAMS)}`,
      },
      set(PUBLIC),
    ],
  ])('%s', (_name, input, advice) => {
    const diagnosis = diagnose(input);
    expect(diagnosis.advice).toMatch(advice);
    const { signedUrl = `${PUBLIC}/twilio/incoming` } = input;
    expect(diagnosis.advice).toContain(`signed for ${signedUrl.split('?')[0]}; `);
    expect(diagnosis.advice).not.toContain('parameters');
  });
});

const without = (name: string) => {
  const { [name]: _, ...others } = PARAMS as Record<string, string>;
  return others;
};
const json = JSON.stringify(PARAMS);
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

describe('on the way', () => {
  test.each<[string, RefusedWebhook, RegExp]>([
    [
      'a slash at the end is cut off',
      { signedUrl: `${PUBLIC}/twilio/incoming/` },
      /arrived as \/twilio\/incoming: enter https:\/\/mms\.example\.com\/twilio\/incoming at Twilio/,
    ],
    [
      'a slash at the end is added',
      { target: '/twilio/incoming/' },
      /arrived as \/twilio\/incoming\/: /,
    ],
    ['a query is added', { target: '/twilio/incoming?from=proxy' }, /query arrived though none/],
    [
      'a query is encoded otherwise',
      {
        method: 'GET',
        target: `/twilio/incoming?${form(PARAMS).replaceAll('+', '%20')}`,
        signedUrl: `${PUBLIC}/twilio/incoming?${form(PARAMS)}`,
      },
      /query arrived different from what was signed/,
    ],
    [
      'the query with the hash of a JSON body is lost',
      { body: json, signedUrl: `${PUBLIC}/twilio/incoming?bodySHA256=${hashOf(json)}` },
      /query arrived without what was signed/,
    ],
    [
      'a JSON body is written anew',
      {
        body: JSON.stringify(PARAMS, null, 1),
        target: `/twilio/incoming?bodySHA256=${hashOf(json)}`,
        signedUrl: `${PUBLIC}/twilio/incoming?bodySHA256=${hashOf(json)}`,
      },
      /body is not the one whose hash was signed/,
    ],
    [
      'a + loses its escape',
      { body: form(PARAMS).replaceAll('+', '%20').replaceAll('%2B', '+') },
      /a \+ became a space/,
    ],
    [
      'values are encoded twice',
      {
        body: form(
          Object.fromEntries(Object.entries(PARAMS).map(([n, v]) => [n, encodeURIComponent(v)])),
        ),
      },
      /encoded twice/,
    ],
    [
      'white space at the end is trimmed',
      { signedParams: { ...PARAMS, Body: 'two words ' } },
      /white space was trimmed/,
    ],
    [
      'white space is added',
      { body: form({ ...PARAMS, Body: 'two words\n' }) },
      /white space was added/,
    ],
    [
      'line ends are changed',
      {
        signedParams: { ...PARAMS, Body: 'two\nwords' },
        body: form({ ...PARAMS, Body: 'two\r\nwords' }),
      },
      /line ends/,
    ],
    [
      'empty places are dropped',
      { signedParams: { ...PARAMS, ToCity: '', ToState: '', ToZip: '', ToCountry: '' } },
      /without a value were dropped/,
    ],
    [
      'an empty text is dropped',
      { signedParams: { ...PARAMS, Body: '' }, body: form(without('Body')) },
      /without a value were dropped/,
    ],
    [
      'empty parameters are added',
      { body: form({ ...PARAMS, To: '' }) },
      /without a value were added/,
    ],
  ])('%s', (_name, input, advice) => {
    expect(diagnose(input).advice).toMatch(advice);
    expect(diagnose(input).advice).not.toContain('PUBLIC_URL');
  });
});
