import type { Config } from '../config/config.ts';
import { ask, type Finding, ok, problem } from './finding.ts';

interface Credentials {
  name: string;
  /** Their environment variable. */
  variable: string;
  accountSid: string;
  username: string;
  password: string;
}

type Needed = Pick<Config, 'accountTokens' | 'tokensFile' | 'twilioApiKey' | 'twilioApiBaseUrl'>;

/** Requests the newest message of the account from Twilio, with every token and the API key. */
export async function checkCredentials(config: Needed): Promise<Finding[]> {
  const tried = await Promise.all(
    credentialsOf(config).map(async (credentials) => ({
      credentials,
      finding: await tryCredentials(credentials, config.twilioApiBaseUrl),
    })),
  );
  return tried.map(({ credentials, finding }) => {
    const spare =
      credentials.username === credentials.accountSid &&
      tried.some(
        (other) =>
          other.credentials.username === credentials.username && other.finding.state === 'ok',
      );
    // During a rotation, an account has a token that is not valid yet, or not any more.
    if (finding.state !== 'failed' || !spare) return finding;
    const remedy = `Another token of the account works: remove this one from ${credentials.variable}.`;
    return problem('warning', finding.name, finding.detail, remedy);
  });
}

function credentialsOf({ accountTokens, tokensFile, twilioApiKey }: Needed): Credentials[] {
  const [main] = accountTokens;
  const pairs = [
    ...accountTokens.map((pair, index) => ({
      ...pair,
      variable: index === 0 ? 'TWILIO_AUTH_TOKEN' : `TWILIO_AUTH_TOKENS (pair ${index})`,
    })),
    ...(tokensFile?.tokens ?? []).map((pair, index) => ({
      ...pair,
      variable: `TWILIO_AUTH_TOKENS_FILE (pair ${index + 1})`,
    })),
  ];
  const tokens = pairs.map(({ accountSid, authToken, variable }) => ({
    name: `auth token of ${accountSid}`,
    variable,
    accountSid,
    username: accountSid,
    password: authToken,
  }));
  if (twilioApiKey === undefined) return tokens;
  const key = {
    name: `API key ${twilioApiKey.sid}`,
    variable: 'TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET',
    accountSid: main.accountSid,
    username: twilioApiKey.sid,
    password: twilioApiKey.secret,
  };
  return [key, ...tokens];
}

async function tryCredentials(
  { name, variable, accountSid, username, password }: Credentials,
  apiBaseUrl: string,
): Promise<Finding> {
  // Not the account resource, which a standard API key may not read.
  const url = `${apiBaseUrl}/2010-04-01/Accounts/${accountSid}/Messages.json?PageSize=1`;
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  const answer = await ask(url, { headers: { authorization: `Basic ${basic}` } });
  const failed = (detail: string, remedy: string) => problem('failed', name, detail, remedy);
  if (answer.problem !== null) {
    return failed(answer.problem, 'Check TWILIO_API_BASE_URL, DNS and outbound network access.');
  }
  switch (answer.status) {
    case 200:
      return ok(name, `accepted (${variable})`);
    case 401:
      return failed(
        'Twilio answered 401: not accepted',
        `Correct ${variable}: it must belong to this account and to the region of TWILIO_API_BASE_URL.`,
      );
    case 403:
      return failed(
        'Twilio answered 403: it may not read messages',
        `Grant it permission to read and delete messages and their media, or replace ${variable}.`,
      );
    case 429:
      return problem('skipped', name, 'Twilio answered 429: too many requests', 'Try again later.');
    default:
      return failed(
        `Twilio answered ${answer.status}`,
        'Check TWILIO_ACCOUNT_SID and TWILIO_API_BASE_URL, and https://status.twilio.com.',
      );
  }
}
