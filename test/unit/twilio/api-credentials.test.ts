import { expect, test } from 'vitest';
import { createApiCredentials } from '../../../src/twilio/ask-twilio.ts';
import { configuredTokens, createKeyring } from '../../../src/twilio/keyring.ts';

const ONE = `AC${'1'.repeat(32)}`;
const TWO = `AC${'2'.repeat(32)}`;
const pair = (accountSid: string, authToken: string) => ({ accountSid, authToken });
const basic = (name: string, secret: string) => `Basic ${btoa(`${name}:${secret}`)}`;
const main = pair(ONE, 'main');

test('the token of the file fetches, from the moment it is there', () => {
  const sources = { accountTokens: [main] as [typeof main], tokensFile: undefined };
  const keyring = createKeyring(configuredTokens(sources));
  const credentials = createApiCredentials({ ...sources, twilioApiKey: undefined }, keyring);
  expect(credentials(ONE)).toEqual([basic(ONE, 'main')]);
  keyring.replace(configuredTokens(sources, [pair(ONE, 'promoted'), pair(TWO, 'sub')]));
  expect(credentials(ONE)).toEqual([basic(ONE, 'promoted'), basic(ONE, 'main')]);
  expect(credentials(TWO)).toEqual([basic(TWO, 'sub')]);
});

test('an API key comes first, for its own account alone', () => {
  const keyring = createKeyring([main, pair(TWO, 'sub')]);
  const twilioApiKey = { sid: 'SK1', secret: 'secret' };
  const credentials = createApiCredentials({ accountTokens: [main], twilioApiKey }, keyring);
  expect(credentials(ONE)).toEqual([basic('SK1', 'secret'), basic(ONE, 'main')]);
  expect(credentials(TWO)).toEqual([basic(TWO, 'sub')]);
});

test('a foreign account has what Twilio refuses', () => {
  const keyring = createKeyring([main]);
  const config = { accountTokens: [main] as [typeof main], twilioApiKey: undefined };
  expect(createApiCredentials(config, keyring)(TWO)).toEqual([basic(TWO, '')]);
});
