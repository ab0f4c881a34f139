import { request } from 'undici';
import type { AskTwilio } from '../twilio/ask-twilio.ts';
import { checkMediaUrl, MediaUrlError } from '../twilio/media-url.ts';
import { parseRetryAfter } from '../twilio/retry-after.ts';

export type UpstreamAnswer =
  | { done: true }
  | { done: false; reason: string; tooEarly: boolean; retryAfterSeconds: number };

/** Twilio's own copies. */
export interface UpstreamMedia {
  /** Deletes one; a copy that is not there counts as done. */
  delete(
    media: { url: string | null; accountSid: string; messageSid: string },
    signal: AbortSignal,
  ): Promise<UpstreamAnswer>;
}

const TIMEOUT_MS = 15_000;
const TOO_EARLY = 20009;

export function createUpstreamMedia(config: {
  apiBaseUrl: string;
  askTwilio: AskTwilio;
}): UpstreamMedia {
  return {
    async delete(media, signal) {
      const url = copyUrl(media, config.apiBaseUrl);
      if (url === null) return { done: true };
      try {
        const answer = await config.askTwilio(media.accountSid, (authorization) =>
          request(`${url}.json`, {
            method: 'DELETE',
            headers: { authorization },
            headersTimeout: TIMEOUT_MS,
            bodyTimeout: TIMEOUT_MS,
            signal,
          }),
        );
        const retryAfter = String(answer.headers['retry-after'] ?? '');
        return readAnswer(answer.statusCode, retryAfter, await answer.body.text());
      } catch (error) {
        signal.throwIfAborted();
        const reason = `Twilio could not be reached (${(error as NodeJS.ErrnoException).code})`;
        return { done: false, reason, tooEarly: false, retryAfterSeconds: 0 };
      }
    },
  };
}

/** Null for a URL that was refused on arrival: no copy is there, and no credentials go there. */
function copyUrl(
  media: { url: string | null; accountSid: string; messageSid: string },
  apiBaseUrl: string,
): URL | null {
  try {
    return checkMediaUrl(media.url ?? '', media, apiBaseUrl).url;
  } catch (error) {
    if (error instanceof MediaUrlError) return null;
    throw error;
  }
}

/** Reads Twilio's answer to a DELETE: 204, or 404 (20404: not found or deleted before), is done. */
export function readAnswer(status: number, retryAfter: string, body: string): UpstreamAnswer {
  if (status === 204 || status === 404) return { done: true };
  const code = errorCode(body);
  return {
    done: false,
    reason: `Twilio answered ${status}${code === 0 ? '' : `, code ${code}`}`,
    tooEarly: code === TOO_EARLY,
    retryAfterSeconds: parseRetryAfter(retryAfter, new Date()) ?? 0,
  };
}

/** The `code` of Twilio's error body, 0 where there is none. */
function errorCode(body: string): number {
  return Number(/"code"\s*:\s*(\d+)/.exec(body)?.[1] ?? 0);
}
