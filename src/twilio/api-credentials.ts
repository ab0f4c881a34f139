import type { Config } from '../config.ts';

/** Basic credentials for Twilio's REST API. */
export type ApiCredentials = (accountSid: string) => { username: string; password: string };

/**
 * The API key where there is one and the account is its own; else the account's first auth token,
 * because a key opens no other account.
 */
export function createApiCredentials(
  config: Pick<Config, 'accountTokens' | 'twilioApiKey'>,
): ApiCredentials {
  const { accountTokens, twilioApiKey } = config;
  const [main] = accountTokens;
  return (accountSid) => {
    if (twilioApiKey !== undefined && accountSid === main?.accountSid) {
      return { username: twilioApiKey.sid, password: twilioApiKey.secret };
    }
    const own = accountTokens.find((pair) => pair.accountSid === accountSid);
    return { username: accountSid, password: own?.authToken ?? '' };
  };
}
