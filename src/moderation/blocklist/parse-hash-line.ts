import { BlocklistKind } from '../../generated/prisma/client.ts';
import type { BlocklistHash } from './blocklist-hash.ts';

export type ParsedLine = BlocklistHash | { problem: string } | null;

const DIGITS = /^[0-9a-f]{64}$/i;

/**
 * Reads one line: `sha256:` or `pdq:` and 64 hex digits, in either case. Digits alone are refused: both
 * hashes have as many, and the wrong guess would block nothing, unnoticed.
 *
 * @param line without its end
 * @returns null for a blank line and for a comment, which begins with `#`; a problem quotes nothing of
 *   the line
 */
export function parseHashLine(line: string): ParsedLine {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return null;
  if (DIGITS.test(text)) {
    return { problem: '64 digits may be a SHA-256 or a PDQ: write sha256: or pdq: before them' };
  }
  const [, prefix = '', digits = ''] = /^([a-z0-9]+):\s*(.*)$/is.exec(text) ?? [];
  const kind = Object.values(BlocklistKind).find((name) => name === prefix.toLowerCase());
  if (kind === undefined) return { problem: 'A line begins with sha256: or pdq:' };
  if (!DIGITS.test(digits))
    return { problem: `After ${kind}: come 64 hex digits and nothing else` };
  return { kind, hash: digits.toLowerCase() };
}
