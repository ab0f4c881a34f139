// What is sent again and again comes early; what comes later are statements for so many rows at once,
// one of each number.
const MOST_NAMES = 200;

/**
 * Names statements, so that each connection of a server has them read once instead of every time, and
 * planned as long as their values make a difference [PostgreSQL, PREPARE].
 *
 * Statements with a limit get none: those are pages of lists, and what their filters hold decides how
 * they are best looked for. Nor does what comes after the first 200.
 *
 * @returns the name of a statement, empty for none
 */
export function createStatementNames(): (text: string) => string {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined) return known;
    if (names.size >= MOST_NAMES || /\bLIMIT\b/.test(text)) return '';
    const name = `mms_inbox_${names.size}`;
    names.set(text, name);
    return name;
  };
}
