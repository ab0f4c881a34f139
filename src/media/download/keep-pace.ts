import { DownloadError } from './download-error.ts';

const LEAST_BYTES_A_SECOND = 1024;

/**
 * Passes a body on, as long as it arrives at 1 KiB a second at least: one byte a second would never
 * fall silent, and keep others waiting for as long as a download may take. Only the time counts in
 * which the next piece is waited for: what our own disk takes is not the sender's fault.
 *
 * @param windowMs how long a stretch of waiting is looked at
 * @param stop ends the transfer, for the reason it is given
 */
export async function* keepPace(
  body: AsyncIterable<Uint8Array>,
  windowMs: number,
  stop: (reason: DownloadError) => void,
): AsyncGenerator<Uint8Array> {
  const least = (LEAST_BYTES_A_SECOND * windowMs) / 1000;
  let bytes = 0;
  let waitedMs = 0;
  let waitingSince = 0;
  let timer: NodeJS.Timeout | undefined;

  function wait(): void {
    waitingSince = performance.now();
    timer = setTimeout(judge, windowMs - waitedMs);
  }

  function endWait(): void {
    clearTimeout(timer);
    waitedMs += performance.now() - waitingSince;
  }

  function judge(): void {
    if (bytes < least) {
      const message = 'The file arrived too slowly: less than 1 KiB a second';
      stop(new DownloadError('too-slow', message));
    }
    bytes = 0;
    waitedMs = 0;
    wait();
  }

  wait();
  try {
    for await (const chunk of body) {
      endWait();
      bytes += chunk.byteLength;
      yield chunk;
      wait();
    }
  } finally {
    clearTimeout(timer);
  }
}
