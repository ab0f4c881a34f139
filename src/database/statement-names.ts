import { createHash } from 'node:crypto';

const MAX_NAMES = 200;
const MAX_TEXTS = 1000;
// Statements for many rows at once: there is another of each number of rows.
const LONGEST = 4096;

/**
 * Names statements that come again, so that each connection has them read once instead of every time;
 * after five times PostgreSQL also keeps a plan, where that costs no more than to plan anew [PREPARE].
 *
 * Several in one text get none, nor do long ones, or more than 200.
 *
 * @param withLimits whether those with a limit get one: not where pages of lists are among them, because
 *   what their filters hold decides how they are best looked for
 * @returns the name of a statement, the same in every process; empty for none
 */
export function createStatementNames({ withLimits = false } = {}): (text: string) => string {
  // Of those that came once an empty one.
  const names = new Map<string, string>();
  let named = 0;
  return (text) => {
    const known = names.get(text);
    if (known) return known;
    if (named >= MAX_NAMES || text.length > LONGEST || text.includes(';')) return '';
    if (!withLimits && /\bLIMIT\b/.test(text)) return '';
    if (known === undefined) {
      if (names.size < MAX_TEXTS) names.set(text, '');
      return '';
    }
    const name = `mms_inbox_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
    names.set(text, name);
    named += 1;
    return name;
  };
}
