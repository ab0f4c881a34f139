import { errors } from 'undici';
import { MediaUrlError } from '../../twilio/media-url.ts';
import { DownloadError } from './download-error.ts';

/**
 * What a failure after connecting means, whatever undici, Node or its HTTP parser call it.
 *
 * @param signal the signal of this download; whatever fails after it was aborted, failed by that
 */
export function transferError(error: unknown, signal: AbortSignal): DownloadError {
  if (error instanceof DownloadError) return error;
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
  return new DownloadError('unexpected', 'The download failed in a way not foreseen', details);
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
  // The parser says no more than this, in words, when chunks end on a connection to be closed.
  if (error instanceof errors.HTTPParserError) return error.message.includes('Invalid EOF state');
  return 'code' in error && CUT_SHORT_CODES.has(String(error.code));
}

function stoppedError(reason: unknown): DownloadError {
  if (reason instanceof DownloadError) return reason;
  return new DownloadError('aborted', 'The download was stopped', { cause: reason });
}
