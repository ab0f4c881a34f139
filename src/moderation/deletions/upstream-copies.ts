import { request } from 'undici';
import type { AskTwilio } from '../../twilio/ask-twilio.ts';
import { checkMediaUrl, MediaUrlError } from '../../twilio/media-url.ts';
import { readAnswer, type UpstreamAnswer } from './upstream-answer.ts';

/** Twilio's own copies. */
export interface UpstreamCopies {
  /** Deletes one media; a copy that is not there counts as done. */
  deleteMedia(
    media: { url: string | null; accountSid: string; messageSid: string },
    signal: AbortSignal,
  ): Promise<UpstreamAnswer>;
  /** Deletes one message, with all its media. */
  deleteMessage(
    message: { accountSid: string; messageSid: string },
    signal: AbortSignal,
  ): Promise<UpstreamAnswer>;
}

const TIMEOUT_MS = 15_000;

export function createUpstreamCopies(config: {
  apiBaseUrl: string;
  askTwilio: AskTwilio;
}): UpstreamCopies {
  const { apiBaseUrl, askTwilio } = config;

  async function deleteAt(
    url: string,
    accountSid: string,
    signal: AbortSignal,
  ): Promise<UpstreamAnswer> {
    try {
      const answer = await askTwilio(accountSid, (authorization) =>
        request(url, {
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
      return { done: false, trouble: 'outage', reason, retryAfterSeconds: 0 };
    }
  }

  return {
    async deleteMedia(media, signal) {
      const url = copyUrl(media, apiBaseUrl);
      if (url === null) return { done: true };
      return deleteAt(`${url}.json`, media.accountSid, signal);
    },
    deleteMessage({ accountSid, messageSid }, signal) {
      const path = `/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}.json`;
      return deleteAt(apiBaseUrl.replace(/\/$/, '') + path, accountSid, signal);
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
