import type { TwilioSimulator } from '../../src/simulator/twilio-simulator.ts';
import type { TestDatabase } from './test-database.ts';
import { ACCOUNT, ADMIN_KEY } from './test-inbox.ts';

/**
 * Environment variables of the server or of a command: the main account, the admin key, the data folder and
 * database, and the stand-in for Twilio, if there is one.
 */
export function inboxEnv(
  {
    dataDir,
    databaseUrl,
    databaseDirectUrl,
  }: Pick<TestDatabase, 'dataDir' | 'databaseUrl'> &
    Partial<Pick<TestDatabase, 'databaseDirectUrl'>>,
  twilio?: Pick<TwilioSimulator, 'apiBaseUrl' | 'mediaHost'>,
): Record<string, string> {
  return {
    TWILIO_ACCOUNT_SID: ACCOUNT.sid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    ADMIN_API_KEY: ADMIN_KEY,
    DATA_DIR: dataDir,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    ...(databaseDirectUrl === undefined ? {} : { DATABASE_DIRECT_URL: databaseDirectUrl }),
    ...(twilio === undefined
      ? {}
      : { TWILIO_API_BASE_URL: twilio.apiBaseUrl, MEDIA_REDIRECT_HOSTS: twilio.mediaHost }),
  };
}
