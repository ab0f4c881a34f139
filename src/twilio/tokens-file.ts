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
  const more = wrong.length > MOST_PROBLEMS ? ` and ${wrong.length - MOST_PROBLEMS} more` : '';
  throw new TokensFileError(
    `${wrong.length === 1 ? 'line' : 'lines'} ${wrong.slice(0, MOST_PROBLEMS).join(', ')}${more} ` +
      'of the file: not ACsid:token (AC and 32 hexadecimal digits, a colon, the token)',
  );
}
