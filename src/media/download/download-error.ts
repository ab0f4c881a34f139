import { errors } from 'undici';
import { ConnectError } from '../../net/guarded-connector.ts';
import { MediaUrlError } from '../../twilio/media-url.ts';

type Retry = 'retry' | 'retry-briefly' | 'give-up' | 'wait';

/**
 * What happens to an attachment after this error.
 *
 * `give-up`: the result is the same however often it is tried, or until an operator changes the
 * configuration: a URL that names something else, a file over the limit, a host that is not allowed.
 * `retry`: Twilio, the network or time can resolve it. `retry-briefly`: the response was complete but
 * unusable; Twilio may be late by seconds, but after a minute its response does not change any more.
 * `wait`: a failure or the load of this machine, which says nothing about the attachment and uses up none of its tries.
 */
const RETRY_BY_CODE = {
  'bad-media-url': 'give-up',
  'refused-address': 'give-up',
  'refused-redirect': 'give-up',
  'too-many-redirects': 'give-up',
  unauthorized: 'retry',
  'link-refused': 'retry',
  'not-found': 'retry',
  gone: 'give-up',
  'rate-limited': 'retry',
  'upstream-error': 'retry',
  'unexpected-status': 'retry',
  'unexpected-encoding': 'give-up',
  'damaged-encoding': 'retry-briefly',
  'bad-answer': 'retry',
  'connect-failed': 'retry',
  'dns-failed': 'retry',
  'timeout-connect': 'retry',
  'timeout-headers': 'retry',
  'timeout-idle': 'retry',
  'timeout-total': 'retry',
  'too-slow': 'retry',
  'cut-short': 'retry',
  'too-large': 'give-up',
  empty: 'retry-briefly',
  'disk-full': 'wait',
  'disk-error': 'wait',
  'store-error': 'wait',
  'too-many-large': 'wait',
  aborted: 'retry',
  unexpected: 'retry',
} as const satisfies Record<string, Retry>;

export type DownloadErrorCode = keyof typeof RETRY_BY_CODE;
export const DOWNLOAD_ERROR_CODES = Object.keys(RETRY_BY_CODE) as DownloadErrorCode[];

/**
 * Why an attachment could not be fetched.
 *
 * `message` is shown to users: it contains no token, query string, file path or phone number. `cause`,
 * if set, is the library's own error and is for the log only.
 */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  readonly code: DownloadErrorCode;
  readonly retry: Retry;
  /** HTTP status, when a response was the reason. */
  readonly status?: number;
  /** From `Retry-After`, in seconds from now. */
  readonly retryAfterSeconds?: number;

  constructor(
    code: DownloadErrorCode,
    message: string,
    details: {
      cause?: unknown;
      status?: number | undefined;
      retryAfterSeconds?: number | undefined;
    } = {},
  ) {
    super(message, 'cause' in details ? { cause: details.cause } : {});
    this.code = code;
    this.retry = RETRY_BY_CODE[code];
    if (details.status !== undefined) this.status = details.status;
    if (details.retryAfterSeconds !== undefined) this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

/**
 * Maps errors of undici, Node and its HTTP parser to a DownloadError.
 *
 * @param signal the signal of this download; every error after its abort counts as caused by the abort
 */
export function transferError(error: unknown, signal: AbortSignal): DownloadError {
  if (error instanceof DownloadError) return error;
  if (error instanceof ConnectError) {
    return new DownloadError(error.code, error.message, { cause: error.cause });
  }
  if (error instanceof MediaUrlError) return new DownloadError('bad-media-url', error.message);
  if (signal.aborted) return stoppedError(signal.reason);
  const details = { cause: error };
  if (isCutShort(error)) {
    return new DownloadError('cut-short', 'The connection ended before the whole file', details);
  }
  if (error instanceof errors.HeadersTimeoutError) {
    return new DownloadError('timeout-headers', 'No answer came in time', details);
  }
  if (error instanceof errors.BodyTimeoutError) {
    return new DownloadError('timeout-idle', 'The file stopped arriving', details);
  }
  if (error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError) {
    return new DownloadError('bad-answer', 'The answer could not be read as HTTP', details);
  }
  return new DownloadError('unexpected', 'The download failed for an unexpected reason', details);
}

const CUT_SHORT_CODES = new Set([
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);

function isCutShort(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // Only this message identifies a chunked body that ends early on a connection that closes.
  if (error instanceof errors.HTTPParserError) return error.message.includes('Invalid EOF state');
  return 'code' in error && CUT_SHORT_CODES.has(String(error.code));
}

function stoppedError(reason: unknown): DownloadError {
  if (reason instanceof DownloadError) return reason;
  return new DownloadError('aborted', 'The download was stopped', { cause: reason });
}
