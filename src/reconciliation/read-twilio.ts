import { setTimeout } from 'node:timers/promises';
import pRetry from 'p-retry';
import { request } from 'undici';
import { parseRetryAfter } from '../net/retry-after.ts';
import type { AskTwilio } from '../twilio/ask-twilio.ts';
import { statusError, TwilioError } from '../twilio/twilio-error.ts';

/**
 * Reads JSON from Twilio's API, with an account's credentials.
 *
 * @param path path and query below the API's base URL
 * @throws TwilioError, `outage` after several tries; the reason of `signal` when that is aborted
 */
export type ReadTwilio = (
  accountSid: string,
  path: string,
  signal: AbortSignal,
) => Promise<unknown>;

const TIMEOUT_MS = 30_000;
// Eight to fifteen seconds: what lasts longer is for the queue.
const READ_RETRY = { retries: 4, minTimeout: 500, factor: 2, randomize: true };
// A longer pause is not taken at its word: at worst Twilio says so once more.
const MAX_PAUSE_SECONDS = 900;

export function createReadTwilio(config: { apiBaseUrl: string; askTwilio: AskTwilio }): ReadTwilio {
  return (accountSid, path, signal) =>
    pRetry(() => readOnce(config, accountSid, path, signal), {
      ...READ_RETRY,
      signal,
      shouldRetry: ({ error }) => error instanceof TwilioError && error.kind === 'outage',
      async onFailedAttempt({ error, retriesLeft }) {
        if (!(error instanceof TwilioError) || retriesLeft === 0) return;
        const seconds = Math.min(error.retryAfterSeconds, MAX_PAUSE_SECONDS);
        await setTimeout(seconds * 1000, undefined, { signal });
      },
    });
}

async function readOnce(
  { apiBaseUrl, askTwilio }: { apiBaseUrl: string; askTwilio: AskTwilio },
  accountSid: string,
  path: string,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    const answer = await askTwilio(accountSid, (authorization) =>
      request(apiBaseUrl + path, {
        headers: { authorization, accept: 'application/json' },
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
        signal,
      }),
    );
    const text = await answer.body.text();
    const retryAfter = parseRetryAfter(String(answer.headers['retry-after'] ?? ''), new Date());
    const error = statusError(answer.statusCode, accountSid, retryAfter);
    if (error !== null) throw error;
    return JSON.parse(text);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TwilioError) throw error;
    if (error instanceof SyntaxError) {
      const message = `Twilio's answer for account ${accountSid} is no JSON`;
      throw new TwilioError('outage', message, { cause: error });
    }
    const code = (error as NodeJS.ErrnoException).code ?? 'no reason given';
    throw new TwilioError('outage', `Twilio could not be reached (${code})`, { cause: error });
  }
}
