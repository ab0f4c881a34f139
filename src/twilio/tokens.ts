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

/** A tokens file that cannot be used. The message names line numbers, and quotes nothing of the lines. */
export class TokensFileError extends Error {
  override readonly name = 'TokensFileError';
}

/**
 * Reads `ACsid:token` pairs, one per line. Empty lines are ignored, and so is everything after a `#` at the
 * beginning of a line or after white space.
 *
 * @throws TokensFileError when any line is something else, or when there is no pair: a blank file is probably
 *   being written, and an operator without such tokens sets no file
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
    throw new TokensFileError('the file has only comments, and no ACsid:token line');
  }
  if (wrong.length === 0) return pairs;
  const more = wrong.length > MAX_PROBLEMS ? ` and ${wrong.length - MAX_PROBLEMS} more` : '';
  throw new TokensFileError(
    `${wrong.length === 1 ? 'line' : 'lines'} ${wrong.slice(0, MAX_PROBLEMS).join(', ')}${more} ` +
      'of the file: not ACsid:token (AC and 32 hexadecimal digits, a colon, the token)',
  );
}

interface TokensFileWatch {
  /** Reads the file now, changed or not. Never rejects: problems are logged. */
  reload(): Promise<void>;
  stop(): void;
}

// Polled, because mounted secrets are replaced by a symlink to another folder, and because network file
// systems do not report changes.
const POLL_MS = 1000;

/**
 * Reads the tokens of a file at once, and again whenever it has changed. If the file is missing or
 * invalid, the previous tokens stay in use.
 *
 * @param use called with all pairs of the file
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
        'TWILIO_AUTH_TOKENS_FILE cannot be read: the previous tokens stay in use',
      );
    }
  }

  async function poll(): Promise<void> {
    const stamp = await stampOf(path);
    // Only once it is unchanged since the last poll: a file that is being written may end in half a token.
    const isSettled = stamp === seen;
    seen = stamp;
    if (isSettled && stamp !== read) await reload();
  }

  // Reloads and polls run one after the other.
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
