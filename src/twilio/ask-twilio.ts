import type { Dispatcher } from 'undici';
import { codeOf } from '../errors/caught.ts';
import type { OutageLog } from '../monitoring/outage-log.ts';
import type { Keyring } from './keyring.ts';
import type { AccountToken } from './tokens.ts';

type Answer = Dispatcher.ResponseData;

/**
 * Sends a request to Twilio's API with the credentials of an account: first those that worked last, then the
 * others if they are refused (401, 403), as during a rotation.
 *
 * @param ask sends the request with this `Authorization`; its errors are passed to the caller
 * @returns the first answer that is not a refusal, otherwise the last refusal
 */
export type AskTwilio = (
  accountSid: string,
  ask: (authorization: string) => Promise<Answer>,
) => Promise<Answer>;

const REFUSALS = new Set([401, 403]);
// Error codes of the system and of undici, without UND_ERR_ABORTED, which our own abort causes.
const NETWORK_FAILURE = /^(?:E[A-Z_]+|UND_ERR_(?!ABORTED).+|CERT_.+|DEPTH_.+|SELF_SIGNED_.+)$/;
/** How many bytes of a refusal are read, so that its connection can be reused. */
const DISCARD_BYTES = 16 * 1024;

/** @param outage notified of every answer, and of every request that failed without one */
export function createAskTwilio(credentials: ApiCredentials, outage: OutageLog): AskTwilio {
  const worked = new Map<string, string>();

  async function reported(request: Promise<Answer>): Promise<Answer> {
    try {
      const answer = await request;
      if (isFault(answer.statusCode)) outage.failed(`Twilio answers ${answer.statusCode}`);
      else outage.answered();
      return answer;
    } catch (error) {
      const code = codeOf(error);
      if (NETWORK_FAILURE.test(String(code))) outage.failed(String(code));
      throw error;
    }
  }

  return async (accountSid, ask) => {
    const all = credentials(accountSid);
    const best = worked.get(accountSid);
    const [first = '', ...others] = all.toSorted((a, b) => Number(b === best) - Number(a === best));
    let authorization = first;
    let answer = await reported(ask(authorization));
    for (const other of others) {
      if (!REFUSALS.has(answer.statusCode)) break;
      await answer.body.dump({ limit: DISCARD_BYTES });
      authorization = other;
      answer = await reported(ask(authorization));
    }
    if (!REFUSALS.has(answer.statusCode)) worked.set(accountSid, authorization);
    return answer;
  };
}

function isFault(status: number): boolean {
  return status === 429 || status >= 500;
}

/**
 * The current credentials of an account for Twilio's REST API: values for `Authorization`, in the order
 * to try them. Never empty: for a foreign account it is a value that Twilio refuses.
 */
type ApiCredentials = (accountSid: string) => string[];

/** The main account's pair comes first; the API key is valid for that account only. */
interface CredentialOptions {
  accountTokens: readonly [AccountToken, ...AccountToken[]];
  twilioApiKey: { sid: string; secret: string } | undefined;
}

/**
 * The API key comes first if it belongs to the account, because a key is not valid for other accounts;
 * then the account's auth tokens.
 */
export function createApiCredentials(
  { accountTokens: [main], twilioApiKey }: CredentialOptions,
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
