import { type Dispatcher, request } from 'undici';
import { parseRetryAfter } from '../../net/retry-after.ts';
import type { AskTwilio } from '../../twilio/ask-twilio.ts';
import { DownloadError } from './download-error.ts';
import type { RedirectPolicy } from './redirect-hosts.ts';

const MAX_REDIRECTS = 3;
const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);

/** Bytes of an unwanted body that are read to keep its connection; longer ones are cut off. */
const DISCARD_BYTES = 16 * 1024;

type Answer = Dispatcher.ResponseData;

type OpenedMedia = {
  body: AsyncIterable<Uint8Array> & Answer['body'];
  /** Bytes announced by `Content-Length`; null without the header. */
  contentLength: number | null;
  /** From `Content-Encoding`: `body` is not decoded yet. */
  contentEncoding: string | null;
  contentType: string | null;
};

/**
 * Requests an attachment from the API and follows redirects to the response that contains the bytes.
 *
 * `Authorization` is sent with the first request only: media hosts must not see it, and S3 answers 400
 * to it.
 *
 * @throws DownloadError for every refusal and status; other errors come as undici throws them
 */
export async function openMedia(
  dispatcher: Dispatcher,
  policy: RedirectPolicy,
  start: { url: URL; accountSid: string; askTwilio: AskTwilio },
  signal: AbortSignal,
): Promise<OpenedMedia> {
  let url = start.url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const isApi = hop === 0;
    const answer = isApi
      ? await start.askTwilio(start.accountSid, (authorization) =>
          send(dispatcher, start.url, authorization, signal),
        )
      : await send(dispatcher, url, null, signal);
    if (answer.statusCode === 200) return opened(answer);
    await answer.body.dump({ limit: DISCARD_BYTES, signal });
    if (!REDIRECT_STATUSES.has(answer.statusCode)) {
      const retryAfter = parseRetryAfter(header(answer, 'retry-after'), new Date());
      throw statusError(answer.statusCode, isApi, retryAfter);
    }
    url = redirectTarget(answer, url, policy);
  }
  throw new DownloadError(
    'too-many-redirects',
    `The media was redirected more than ${MAX_REDIRECTS} times`,
  );
}

async function send(
  dispatcher: Dispatcher,
  url: URL,
  authorization: string | null,
  signal: AbortSignal,
): Promise<Answer> {
  signal.throwIfAborted();
  // Media formats are compressed already. Some hosts compress them nevertheless.
  const headers: Record<string, string> = { accept: '*/*', 'accept-encoding': 'identity' };
  if (authorization !== null) headers.authorization = authorization;
  const answer = request(url, { dispatcher, headers, signal });
  // undici reacts to the signal only after it is connected.
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function redirectTarget(answer: Answer, from: URL, policy: RedirectPolicy): URL {
  const location = header(answer, 'location');
  const url = location === null ? null : URL.parse(location, from);
  if (url === null) {
    const message = 'A redirect had no valid Location header';
    throw new DownloadError('bad-answer', message, { status: answer.statusCode });
  }
  const decision = policy.decide(url);
  if (!decision.allowed) {
    const message = `The redirect was not followed: ${decision.reason}`;
    throw new DownloadError('refused-redirect', message, { status: answer.statusCode });
  }
  return url;
}

function opened(answer: Answer): OpenedMedia {
  // A body can fail before its reader has started, and an unhandled error event ends the process. The
  // reader still gets the error.
  answer.body.on('error', () => undefined);
  const length = header(answer, 'content-length');
  return {
    body: answer.body,
    contentLength: length === null ? null : Number(length),
    contentEncoding: header(answer, 'content-encoding'),
    contentType: header(answer, 'content-type'),
  };
}

function header(answer: Answer, name: string): string | null {
  const value = answer.headers[name];
  return (Array.isArray(value) ? value.join(', ') : value) ?? null;
}

/**
 * The error for an HTTP status other than 200 and a redirect.
 *
 * @param isApi whether Twilio's API answered, and not a host it redirected to
 * @param retryAfterSeconds from `Retry-After`
 */
function statusError(
  status: number,
  isApi: boolean,
  retryAfterSeconds: number | undefined,
): DownloadError {
  const details = { status, retryAfterSeconds };
  const answered = `${isApi ? 'Twilio' : 'The media host'} answered ${status}`;
  switch (status) {
    case 401:
    case 403: {
      const why = isApi
        ? 'the credentials for this account were not accepted'
        : 'the link to the file was not accepted or has expired';
      const code = isApi ? 'unauthorized' : 'link-refused';
      return new DownloadError(code, `${answered}: ${why}`, details);
    }
    case 404: {
      const why = 'the media is not there yet or was deleted';
      return new DownloadError('not-found', `${answered}: ${why}`, details);
    }
    case 410:
      return new DownloadError('gone', `${answered}: the media was deleted`, details);
    case 429: {
      const why = 'too many requests';
      return new DownloadError('rate-limited', `${answered}: ${why}`, details);
    }
  }
  if (status >= 500) {
    return new DownloadError('upstream-error', `${answered}: a server error`, details);
  }
  return new DownloadError('unexpected-status', `${answered}, which is not expected here`, details);
}
