import { createHash } from 'node:crypto';

const MAX_NAMES = 200;
const MAX_TEXTS = 1000;
// Longer statements are for many rows at once: their text differs for each number of rows.
const LONGEST = 4096;

/**
 * Names repeated statements, so that each connection prepares them once instead of parsing them every time;
 * after five executions PostgreSQL may also use a generic plan, if that costs no more than planning again
 * [PREPARE].
 *
 * Texts with several statements, long ones, and more than 200 statements are not named.
 *
 * @param withLimits whether statements with LIMIT are named: not when they read pages of lists, because the
 *   best plan depends on the values of their filters
 * @returns the name of a statement, the same in every process; empty for none
 */
export function createStatementNames({ withLimits = false } = {}): (text: string) => string {
  // The name is empty for statements that occurred only once.
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
