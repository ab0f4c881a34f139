import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { ReaderGone } from '../../http/send-file.ts';

/**
 * Writes to a reader no faster than it reads, so that a slow one costs no memory.
 *
 * @param stallMs how long it may take nothing, in milliseconds
 * @returns a function that resolves when more may be written, and throws ReaderGone when the reader
 *   went, or has to be hung up on because it stopped reading
 */
export function createPacedWrite(
  response: ServerResponse,
  stallMs: number,
): (text: string) => Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return async (text) => {
    if (response.write(text)) return;
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(stallMs)]);
    try {
      await once(response, 'drain', { signal });
    } catch (cause) {
      throw new ReaderGone({ cause });
    }
  };
}
