import type { Config } from '../config/config.ts';
import type { Keyring } from './keyring.ts';

/**
 * What may open an account at Twilio's REST API, as it is now: values for `Authorization`, in the
 * order to try them. Never empty: for a foreign account what Twilio refuses.
 */
export type ApiCredentials = (accountSid: string) => string[];

/**
 * The API key where there is one and the account is its own, because a key opens no other account;
 * then the account's auth tokens.
 */
export function createApiCredentials(
  { accountTokens: [main], twilioApiKey }: Pick<Config, 'accountTokens' | 'twilioApiKey'>,
  keyring: Keyring,
): ApiCredentials {
  return (accountSid) => {
    const tokens = keyring.tokensOf(accountSid).map((token) => basic(accountSid, token));
    const key = accountSid === main.accountSid ? twilioApiKey : undefined;
    if (key !== undefined) tokens.unshift(basic(key.sid, key.secret));
    return tokens.length > 0 ? tokens : [basic(accountSid, '')];
  };
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}
