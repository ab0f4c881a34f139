import { describe, expect, test } from 'vitest';
import {
  diagnose,
  form,
  MAIN,
  PARAMS,
  PUBLIC,
  type RefusedWebhook,
  SUB,
} from '../../../support/refused-webhook.ts';

describe('the token', () => {
  test('of another account is told by account and position', () => {
    const { advice } = diagnose({ token: 'token-of-the-subaccount' });
    expect(advice).toContain(`token 0 of account ${SUB}, but AccountSid is ${MAIN}`);
  });

  test('of another account for another URL tells both', () => {
    const { advice } = diagnose({
      token: 'token-of-the-subaccount',
      publicUrl: 'http://mms.example.com',
    });
    expect(advice).toMatch(/set PUBLIC_URL=https:\/\/mms\.example\.com; signed with token 0 of/);
  });

  test('that nobody has: it is wrong, or it was not Twilio', () => {
    const { signed, advice } = diagnose({ token: 'a-token-nobody-has' });
    expect(signed).toBeNull();
    expect(advice).toMatch(/no variant .* the token of AC\w+ is wrong .* it was not Twilio$/);
  });

  test.each([
    ['without a token', `AC${'f0'.repeat(16)}`, `no token of account AC${'f0'.repeat(16)}`],
    ['malformed', 'hunter2 <script>', 'no token of account (malformed)'],
  ])('of an account %s: the account is to be added', (_name, AccountSid, advice) => {
    const params = { ...PARAMS, AccountSid };
    expect(diagnose({ token: 'x', signedParams: params, body: form(params) }).advice).toContain(
      advice,
    );
  });
});

test('the work is bounded, whatever is sent', () => {
  const headers = {
    host: 'a.example:1',
    'x-forwarded-host': 'b.example:2',
    forwarded: 'host=c.example:3;proto=https',
    'x-forwarded-port': '4',
    'x-forwarded-prefix': '/p',
  };
  const wrong = { token: 'a-token-nobody-has', headers };
  expect(diagnose(wrong).tries).toBe(200);
  const long = form({ ...PARAMS, Body: 'x'.repeat(32_000) });
  expect(diagnose({ ...wrong, body: long }).tries).toBeLessThan(40);
  const many = Object.fromEntries([...Array(210).keys()].map((name) => [`p${name}`, 'x']));
  expect(diagnose({ ...wrong, body: form({ ...PARAMS, ...many }) }).tries).toBe(0);
  const repeated = `${form(PARAMS)}&${'x=1&'.repeat(210)}`;
  expect(diagnose({ ...wrong, body: repeated }).tries).toBe(0);
});

test('a prefix of thousands of slashes takes no time that grows with their square', () => {
  const prefix = `${'/'.repeat(15_000)}x`;
  const before = process.cpuUsage();
  expect(diagnose({ token: 'x', headers: { 'x-forwarded-prefix': prefix } }).signed).toBeNull();
  const { user } = process.cpuUsage(before);
  // Microseconds: 300,000 and more where every slash is a place to begin at.
  expect(user).toBeLessThan(150_000);
});

test('nonsense in the headers is no reason to stop, and nothing of it is shown', () => {
  const { advice } = diagnose({
    token: 'a-token-nobody-has',
    headers: {
      host: 'x y',
      'x-forwarded-host': 'a"><script>',
      'x-forwarded-port': '99999999',
      'x-forwarded-proto': 'gopher',
      'x-forwarded-prefix': '/../..',
      forwarded: '=;=;host=;proto=""',
    },
  });
  expect(advice).not.toMatch(/script|gopher|\.\.\//);
});

test('no value of a parameter, query or token is shown', () => {
  const cases: RefusedWebhook[] = [
    { publicUrl: 'http://mms.example.com' },
    { token: 'token-of-the-subaccount' },
    { token: 'a-token-nobody-has' },
    { signedParams: { ...PARAMS, Body: 'two words ' } },
    {
      method: 'GET',
      target: `/twilio/incoming?${form(PARAMS)}`,
      signedUrl: `${PUBLIC}/twilio/incoming`,
    },
  ];
  for (const input of cases) {
    expect(diagnose(input).advice).not.toMatch(/4155550188|two|words|token-|older/);
  }
});
