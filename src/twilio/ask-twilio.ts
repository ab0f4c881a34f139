import type { Dispatcher } from 'undici';
import type { ApiCredentials } from './api-credentials.ts';

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
/** Bytes of a refusal that are read to keep its connection. */
const DISCARD_BYTES = 16 * 1024;

export function createAskTwilio(credentials: ApiCredentials): AskTwilio {
  const worked = new Map<string, string>();

  return async (accountSid, ask) => {
    const all = credentials(accountSid);
    const best = worked.get(accountSid);
    const [first = '', ...others] = all.toSorted((a, b) => Number(b === best) - Number(a === best));
    let authorization = first;
    let answer = await ask(authorization);
    for (const other of others) {
      if (!REFUSALS.has(answer.statusCode)) break;
      await answer.body.dump({ limit: DISCARD_BYTES });
      authorization = other;
      answer = await ask(authorization);
    }
    if (!REFUSALS.has(answer.statusCode)) worked.set(accountSid, authorization);
    return answer;
  };
}
