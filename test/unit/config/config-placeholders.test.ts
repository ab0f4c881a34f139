import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/config.ts';

const required = {
  TWILIO_ACCOUNT_SID: 'AC3f0c51a7e2b94d68a1c07d52b6e8f914',
  TWILIO_AUTH_TOKEN: '5d1c9e40b7a26f83d0e4b59c17a8f362',
};

test.each([
  ['TWILIO_AUTH_TOKEN', 'your_auth_token'],
  ['TWILIO_AUTH_TOKEN', '<auth-token>'],
  ['TWILIO_AUTH_TOKEN', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],
  ['TWILIO_AUTH_TOKEN', '0'.repeat(32)],
  ['TWILIO_ACCOUNT_SID', `AC${'0'.repeat(32)}`],
  ['TWILIO_ACCOUNT_SID', `AC${'0123456789abcdef'.repeat(2)}`],
  ['ADMIN_API_KEY', 'change-me-please-please'],
  ['ADMIN_API_KEY', 'your-secret-key-here'],
  ['OPS_TOKEN', 'your_ops_token_please'],
  ['PUBLIC_URL', 'https://mms.example.com'],
  ['DATABASE_URL', 'postgres://user:password@host:5432/mms'],
])('%s=%s is warned about as a placeholder, without quoting a secret', (name, value) => {
  const { warnings } = loadConfig({ ...required, [name]: value });
  expect(warnings).toEqual([expect.stringMatching(`^${name} looks like`)]);
  expect(warnings.join()).not.toContain(value);
});

test.each([
  ['http://mms.acme.com', true],
  ['http://8.8.8.8:3000', true],
  ['https://mms.acme.com', false],
  ['http://localhost:3000', false],
  ['http://192.168.1.7:3000', false],
  ['http://[::1]:3000', false],
  ['http://inbox:3000', false],
  ['http://inbox.internal', false],
])('PUBLIC_URL=%s: warned about clear text: %s', (url, isWarned) => {
  const { warnings } = loadConfig({ ...required, PUBLIC_URL: url });
  const expected = isWarned ? [expect.stringMatching('^PUBLIC_URL is http: on a public name')] : [];
  expect(warnings).toEqual(expected);
});

test('values as Twilio and openssl make them are not warned about', () => {
  const { warnings } = loadConfig({
    ...required,
    ADMIN_API_KEY: 'q3Vb0cO2bXyTestX9nB1QkYh7w5zN8mD4fJ6sLrUeI=',
    PUBLIC_URL: 'https://mms.acme.com/hooks',
    DATABASE_URL: 'postgres://mms:p4ss@db.acme.internal:5432/mms',
  });
  expect(warnings).toEqual([]);
});

test.each(['ADMIN_API_KEY', 'OPS_TOKEN'])(
  'a short %s is warned about, without quoting it',
  (name) => {
    const { warnings } = loadConfig({ ...required, [name]: 'Kq83nPz1' });
    expect(warnings).toEqual([`${name} is short: use 16 random characters or more`]);
  },
);

test('where a platform connects from another machine, HOST has to be set', () => {
  expect(loadConfig({ ...required, DYNO: 'web.1' }).warnings).toEqual([
    'HOST is not set, so that only this machine can connect: Heroku needs HOST=0.0.0.0',
  ]);
  expect(loadConfig({ ...required, DYNO: 'web.1', HOST: '0.0.0.0' }).warnings).toEqual([]);
});
