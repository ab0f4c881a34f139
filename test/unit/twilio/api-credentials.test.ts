import { expect, test } from 'vitest';
import { createApiCredentials } from '../../../src/twilio/api-credentials.ts';
import { createKeyring } from '../../../src/twilio/keyring.ts';
import { configuredTokens } from '../../../src/twilio/open-keyring.ts';

const ONE = `AC${'1'.repeat(32)}`;
const TWO = `AC${'2'.repeat(32)}`;
const pair = (accountSid: string, authToken: string) => ({ accountSid, authToken });
const main = pair(ONE, 'main');

test('the token of the file fetches, from the moment it is there', () => {
  const sources = { accountTokens: [main] as [typeof main], tokensFile: undefined };
  const keyring = createKeyring(configuredTokens(sources));
  const credentials = createApiCredentials({ ...sources, twilioApiKey: undefined }, keyring);
  expect(credentials(ONE)).toEqual({ username: ONE, password: 'main' });
  keyring.replace(configuredTokens(sources, [pair(ONE, 'promoted'), pair(TWO, 'sub')]));
  expect(credentials(ONE)).toEqual({ username: ONE, password: 'promoted' });
  expect(credentials(TWO)).toEqual({ username: TWO, password: 'sub' });
});

test('an API key fetches for its own account alone', () => {
  const keyring = createKeyring([main, pair(TWO, 'sub')]);
  const twilioApiKey = { sid: 'SK1', secret: 'secret' };
  const credentials = createApiCredentials({ accountTokens: [main], twilioApiKey }, keyring);
  expect(credentials(ONE)).toEqual({ username: 'SK1', password: 'secret' });
  expect(credentials(TWO)).toEqual({ username: TWO, password: 'sub' });
});
