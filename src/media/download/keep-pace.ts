import { DownloadError } from './download-error.ts';

const LEAST_BYTES_A_SECOND = 1024;

/**
 * Passes a body on, as long as it arrives at 1 KiB a second at least: one byte a second would never
 * fall silent, and keep others waiting for as long as a download may take.
 *
 * @param windowMs how long a stretch is looked at
 * @param stop ends the transfer, for the reason it is given
 */
export async function* keepPace(
  body: AsyncIterable<Uint8Array>,
  windowMs: number,
  stop: (reason: DownloadError) => void,
): AsyncGenerator<Uint8Array> {
  const least = (LEAST_BYTES_A_SECOND * windowMs) / 1000;
  let bytes = 0;
  const timer = setInterval(() => {
    if (bytes < least) {
      const message = 'The file arrived too slowly: less than 1 KiB a second';
      stop(new DownloadError('too-slow', message));
    }
    bytes = 0;
  }, windowMs);
  try {
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      yield chunk;
    }
  } finally {
    clearInterval(timer);
  }
}
