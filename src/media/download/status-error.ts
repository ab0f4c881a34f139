import { DownloadError } from './download-error.ts';

/**
 * The error that stands for an HTTP status other than 200 and a redirect.
 *
 * @param isApi whether Twilio's API answered, or else a host it redirected to
 * @param retryAfterSeconds what `Retry-After` asked for
 */
export function statusError(
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
      const why = 'too many requests, it asks to wait';
      return new DownloadError('rate-limited', `${answered}: ${why}`, details);
    }
  }
  if (status >= 500) {
    return new DownloadError('upstream-error', `${answered}: it has a problem of its own`, details);
  }
  return new DownloadError('unexpected-status', `${answered}, which is not expected here`, details);
}
