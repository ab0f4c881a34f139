import type { TwilioSimulator } from '../../src/simulator/twilio-simulator.ts';
import type { TestDatabase } from './test-database.ts';
import { ACCOUNT, ADMIN_KEY, type TestInbox } from './test-inbox.ts';

/** Where the AWS SDK looks for them. */
function awsCredentials(): Record<string, string> {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = process.env;
  return { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
}

/**
 * Environment variables of the server or of a command: the main account, the admin key, the data folder, the bucket and
 * the database, and the stand-in for Twilio, if there is one.
 */
export function inboxEnv(
  {
    dataDir,
    databaseUrl,
    databaseDirectUrl,
    s3Url,
  }: Pick<TestDatabase, 'dataDir' | 'databaseUrl'> &
    Partial<Pick<TestInbox, 'databaseDirectUrl' | 's3Url'>>,
  twilio?: Pick<TwilioSimulator, 'apiBaseUrl' | 'mediaHost'>,
): Record<string, string> {
  return {
    TWILIO_ACCOUNT_SID: ACCOUNT.sid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    ADMIN_API_KEY: ADMIN_KEY,
    DATA_DIR: dataDir,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    ...(databaseDirectUrl === undefined ? {} : { DATABASE_DIRECT_URL: databaseDirectUrl }),
    ...(s3Url === undefined ? {} : { BLOB_STORE_URL: s3Url, ...awsCredentials() }),
    ...(twilio === undefined
      ? {}
      : { TWILIO_API_BASE_URL: twilio.apiBaseUrl, MEDIA_REDIRECT_HOSTS: twilio.mediaHost }),
  };
}
