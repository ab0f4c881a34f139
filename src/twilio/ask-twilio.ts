import type { Dispatcher } from 'undici';
import { codeOf } from '../errors/caught.ts';
import type { OutageLog } from '../monitoring/outage-log.ts';
import type { Keyring } from './keyring.ts';
import type { AccountToken } from './tokens.ts';

type Answer = Dispatcher.ResponseData;

/**
 * Asks Twilio's API with what opens the account: what worked last first, and the next where that is
 * refused (401, 403), as it is in the midst of a rotation.
 *
 * @param ask sends the request with this `Authorization`; its errors are the caller's
 * @returns the first answer that is no refusal, or else the last refusal
 */
export type AskTwilio = (
  accountSid: string,
  ask: (authorization: string) => Promise<Answer>,
) => Promise<Answer>;

const REFUSALS = new Set([401, 403]);
// Of the system, and of undici, whose UND_ERR_ABORTED is our own doing.
const NETWORK_TROUBLE = /^(?:E[A-Z_]+|UND_ERR_(?!ABORTED).+|CERT_.+|DEPTH_.+|SELF_SIGNED_.+)$/;
/** Bytes of a refusal that are read to keep its connection. */
const DISCARD_BYTES = 16 * 1024;

/** @param outage told of every answer, and of what failed for want of one */
export function createAskTwilio(credentials: ApiCredentials, outage: OutageLog): AskTwilio {
  const worked = new Map<string, string>();

  async function told(question: Promise<Answer>): Promise<Answer> {
    try {
      const answer = await question;
      if (isFault(answer.statusCode)) outage.failed(`Twilio answers ${answer.statusCode}`);
      else outage.answered();
      return answer;
    } catch (error) {
      const code = codeOf(error);
      if (NETWORK_TROUBLE.test(String(code))) outage.failed(String(code));
      throw error;
    }
  }

  return async (accountSid, ask) => {
    const all = credentials(accountSid);
    const best = worked.get(accountSid);
    const [first = '', ...others] = all.toSorted((a, b) => Number(b === best) - Number(a === best));
    let authorization = first;
    let answer = await told(ask(authorization));
    for (const other of others) {
      if (!REFUSALS.has(answer.statusCode)) break;
      await answer.body.dump({ limit: DISCARD_BYTES });
      authorization = other;
      answer = await told(ask(authorization));
    }
    if (!REFUSALS.has(answer.statusCode)) worked.set(accountSid, authorization);
    return answer;
  };
}

function isFault(status: number): boolean {
  return status === 429 || status >= 500;
}

/**
 * What may open an account at Twilio's REST API, as it is now: values for `Authorization`, in the
 * order to try them. Never empty: for a foreign account what Twilio refuses.
 */
type ApiCredentials = (accountSid: string) => string[];

/** The pair of the main account first; an API key opens that account alone. */
interface CredentialOptions {
  accountTokens: readonly [AccountToken, ...AccountToken[]];
  twilioApiKey: { sid: string; secret: string } | undefined;
}

/**
 * The API key where there is one and the account is its own, because a key opens no other account;
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
