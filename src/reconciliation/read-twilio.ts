import { setTimeout } from 'node:timers/promises';
import pRetry from 'p-retry';
import { request } from 'undici';
import { codeOf } from '../errors/caught.ts';
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
// 8 to 15 s in total: longer outages are retried by the job queue.
const READ_RETRY = { retries: 4, minTimeout: 500, factor: 2, randomize: true };
// Caps `Retry-After`: at worst Twilio sends it again.
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
      const message = `Twilio's response for account ${accountSid} is not JSON`;
      throw new TwilioError('outage', message, { cause: error });
    }
    const code = codeOf(error) ?? 'no reason given';
    throw new TwilioError('outage', `Twilio could not be reached (${code})`, { cause: error });
  }
}
