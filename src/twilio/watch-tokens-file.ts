import { readFile, stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { AccountToken } from './account-token.ts';
import { parseTokensFile } from './tokens-file.ts';

export interface TokensFileWatch {
  /** Reads the file now, changed or not. Never rejects: what is wrong is logged. */
  reload(): Promise<void>;
  stop(): void;
}

// Polled, because mounted secrets are replaced by a link to another folder, and because network
// file systems tell of no change.
const POLL_MS = 1000;

/**
 * Hands over the tokens of a file at once, and again whenever it has changed. A file that is missing
 * or broken changes nothing: the tokens before stay in use.
 *
 * @param use given all pairs of the file
 */
export function watchTokensFile(
  path: string,
  use: (tokens: AccountToken[]) => void,
  log: Logger,
): TokensFileWatch {
  let seen = '';
  let read = '';

  async function reload(): Promise<void> {
    read = await stampOf(path);
    try {
      const tokens = parseTokensFile(await readFile(path, 'utf8'));
      use(tokens);
      log.info({ tokens: tokens.length }, 'auth tokens read from TWILIO_AUTH_TOKENS_FILE');
    } catch (error) {
      log.error(
        { problem: (error as Error).message },
        'TWILIO_AUTH_TOKENS_FILE cannot be read: the tokens before stay in use',
      );
    }
  }

  async function poll(): Promise<void> {
    const stamp = await stampOf(path);
    // Only once it has rested: a file that is being written may end in half a token.
    const rests = stamp === seen;
    seen = stamp;
    if (rests && stamp !== read) await reload();
  }

  // One after the other, whoever asks.
  let last = reload();
  const queue = (task: () => Promise<void>) => {
    last = last.then(task);
    return last;
  };
  const timer = setInterval(() => void queue(poll), POLL_MS);
  timer.unref();
  return { reload: () => queue(reload), stop: () => clearInterval(timer) };
}

/** Changes when the file does. */
async function stampOf(path: string): Promise<string> {
  try {
    const { mtimeMs, ctimeMs, size, ino } = await stat(path);
    return [mtimeMs, ctimeMs, size, ino].join(' ');
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
