import type { Config } from '../config.ts';
import type { Keyring } from './keyring.ts';

/** Basic credentials for Twilio's REST API, as they are now. */
export type ApiCredentials = (accountSid: string) => { username: string; password: string };

/**
 * The API key where there is one and the account is its own; else the account's first auth token,
 * because a key opens no other account.
 */
export function createApiCredentials(
  { accountTokens: [main], twilioApiKey }: Pick<Config, 'accountTokens' | 'twilioApiKey'>,
  keyring: Keyring,
): ApiCredentials {
  return (accountSid) => {
    if (twilioApiKey !== undefined && accountSid === main.accountSid) {
      return { username: twilioApiKey.sid, password: twilioApiKey.secret };
    }
    return { username: accountSid, password: keyring.tokensOf(accountSid)[0] ?? '' };
  };
}
