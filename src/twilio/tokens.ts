import { readFile, stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import { asError, codeOf } from '../errors/caught.ts';
import { ACCOUNT_SID_PATTERN } from './sids.ts';

/** An account and one of the auth tokens that sign for it. */
export interface AccountToken {
  accountSid: string;
  authToken: string;
}

const PAIR = new RegExp(`^(${ACCOUNT_SID_PATTERN}):(\\S+)$`);

/** @returns the pair that `ACsid:token` names; null for any other text */
export function parseAccountToken(text: string): AccountToken | null {
  const [, accountSid, authToken] = PAIR.exec(text) ?? [];
  return accountSid === undefined || authToken === undefined ? null : { accountSid, authToken };
}

const MAX_PROBLEMS = 5;

/** A file of tokens that cannot be used. Its message names lines, and quotes nothing of them. */
export class TokensFileError extends Error {
  override readonly name = 'TokensFileError';
}

/**
 * Reads `ACsid:token` pairs, one a line. Empty lines count for nothing, nor does what follows a `#`
 * at the beginning of a line or behind white space.
 *
 * @throws TokensFileError when any line is something else, or when there is no pair: a blank text is a
 *   file that is being written, and whoever wants none names no file
 */
export function parseTokensFile(text: string): AccountToken[] {
  if (text.trim() === '') throw new TokensFileError('the file is empty');
  const wrong: number[] = [];
  const pairs = text.split(/\r\n|\r|\n/).flatMap((line, index) => {
    const content = line.replace(/(^|\s)#.*$/, '').trim();
    if (content === '') return [];
    const pair = parseAccountToken(content);
    if (pair === null) wrong.push(index + 1);
    return pair ?? [];
  });
  if (wrong.length === 0 && pairs.length === 0) {
    throw new TokensFileError('the file has comments alone, and no ACsid:token line');
  }
  if (wrong.length === 0) return pairs;
  const more = wrong.length > MAX_PROBLEMS ? ` and ${wrong.length - MAX_PROBLEMS} more` : '';
  throw new TokensFileError(
    `${wrong.length === 1 ? 'line' : 'lines'} ${wrong.slice(0, MAX_PROBLEMS).join(', ')}${more} ` +
      'of the file: not ACsid:token (AC and 32 hexadecimal digits, a colon, the token)',
  );
}

interface TokensFileWatch {
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
        { problem: asError(error).message },
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
    return String(codeOf(error));
  }
}
