import { type AccountToken, parseAccountToken } from './account-token.ts';

const MOST_PROBLEMS = 5;

/** A file of tokens that cannot be used. Its message names lines, and quotes nothing of them. */
export class TokensFileError extends Error {
  override readonly name = 'TokensFileError';
}

/**
 * Reads `ACsid:token` pairs, one a line. Empty lines count for nothing, nor does what follows a `#`
 * at the beginning of a line or behind white space.
 *
 * @throws TokensFileError when any line is something else, or when the text is blank, as a file is
 *   that is being written
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
  if (wrong.length === 0) return pairs;
  const more = wrong.length > MOST_PROBLEMS ? ` and ${wrong.length - MOST_PROBLEMS} more` : '';
  throw new TokensFileError(
    `${wrong.length === 1 ? 'line' : 'lines'} ${wrong.slice(0, MOST_PROBLEMS).join(', ')}${more} ` +
      'of the file: not ACsid:token (AC and 32 hexadecimal digits, a colon, the token)',
  );
}
