import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ACCOUNT, ADMIN_KEY, type TestInbox } from './test-inbox.ts';

export interface CommandEnd {
  code: number;
  stdout: string;
  stderr: string;
}

/** Where the AWS SDK looks for them. */
function awsCredentials(): Record<string, string> {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = process.env;
  return { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
}

/**
 * Runs `npm run cli -- …` beside a server, on its database; resolves also when it fails.
 *
 * @param env variables besides those of the server
 */
export async function runCommand(
  inbox: TestInbox,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<CommandEnd> {
  const whole = {
    PATH: process.env.PATH ?? '',
    DATA_DIR: inbox.dataDir,
    PORT: new URL(inbox.url).port,
    ADMIN_API_KEY: ADMIN_KEY,
    ...(inbox.databaseUrl === undefined ? {} : { DATABASE_URL: inbox.databaseUrl }),
    ...(inbox.databaseDirectUrl === undefined
      ? {}
      : { DATABASE_DIRECT_URL: inbox.databaseDirectUrl }),
    ...(inbox.s3Url === undefined ? {} : { BLOB_STORE_URL: inbox.s3Url, ...awsCredentials() }),
    TWILIO_ACCOUNT_SID: ACCOUNT.sid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    TWILIO_API_BASE_URL: inbox.twilio.apiBaseUrl,
    ...env,
  };
  return promisify(execFile)(process.execPath, ['src/cli.ts', ...args], { env: whole }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code: Number(code), stdout, stderr }),
  );
}
