import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';
import { type Dispatcher, request } from 'undici';
import { parseRetryAfter } from '../../net/retry-after.ts';
import type { AskTwilio } from '../../twilio/ask-twilio.ts';
import { DownloadError } from './download-error.ts';
import type { RedirectPolicy } from './redirect-hosts.ts';
import { tooLarge } from './write-body.ts';

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

type Body = AsyncIterable<Uint8Array>;

type CreateDecoder = (firstByte: number) => Duplex;

/**
 * Decompressors by content coding [RFC 9110, 8.4.1; RFC 8878]; null for `identity`. `deflate` means zlib's
 * format, but some hosts send a raw deflate stream: the first byte distinguishes them.
 */
const DECODERS = new Map<string, CreateDecoder | null>([
  ['identity', null],
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['br', () => createBrotliDecompress()],
  ['zstd', () => createZstdDecompress()],
  ['deflate', (firstByte) => ((firstByte & 0x0f) === 8 ? createInflate() : createInflateRaw())],
]);

/** No legitimate host applies more. */
const MAX_CODINGS = 3;

/**
 * Decodes the content codings of a body. None is requested, but some hosts compress anyway; the stored
 * file is the decoded one. Decoding is streamed; the reader has to limit the decoded size.
 *
 * @param contentEncoding the header; null without one
 * @param maxBytes the limit for the body as sent
 * @throws DownloadError `unexpected-encoding` at once; while the body is read `damaged-encoding`,
 *   `too-large` and the errors of the body
 */
export function decodeBody(body: Body, contentEncoding: string | null, maxBytes: number): Body {
  const names = (contentEncoding ?? '').toLowerCase().split(',');
  const codings = names.map((name) => name.trim()).filter(Boolean);
  const decoders = codings.map((coding) => DECODERS.get(coding));
  if (decoders.includes(undefined) || codings.length > MAX_CODINGS) {
    const message = 'The file arrived in a content encoding that is not supported';
    throw new DownloadError('unexpected-encoding', message);
  }
  // The last coding was applied last.
  return decoders.reduceRight<Body>(
    (decoded, createDecoder) => (createDecoder ? decompress(decoded, createDecoder) : decoded),
    limited(body, maxBytes),
  );
}

/** Limits the encoded body: one that decodes to nothing could be endless. */
async function* limited(body: Body, maxBytes: number): AsyncGenerator<Uint8Array> {
  let byteSize = 0;
  for await (const chunk of body) {
    byteSize += chunk.byteLength;
    if (byteSize > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

async function* decompress(body: Body, createDecoder: CreateDecoder): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  const first = await chunks.next();
  // An empty body does not count as damaged.
  if (first.done === true) return;
  const decoder = createDecoder(first.value[0] ?? 0);
  let bodyError: unknown;
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      yield first.value;
      yield* { [Symbol.asyncIterator]: () => chunks };
    } catch (error) {
      bodyError = error;
      throw error;
    }
  }
  // Its errors also surface in the decoder, where the reader gets them.
  const fed = pipeline(watched, decoder).catch(() => undefined);
  try {
    yield* decoder;
  } catch (cause) {
    if (bodyError !== undefined) throw bodyError;
    const message = 'The file arrived compressed, although not requested, and is damaged';
    throw new DownloadError('damaged-encoding', message, { cause });
  } finally {
    decoder.destroy();
    await fed;
  }
}
