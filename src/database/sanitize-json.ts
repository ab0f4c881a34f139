// Received JSON has two or three levels of nesting; thousands would overflow the stack of a recursive reader.
const MAX_NESTING = 64;

/** PostgreSQL stores neither NUL nor lone surrogates in text or JSON: each is replaced by U+FFFD. */
export function sanitizeJson(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\uFFFD');
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_NESTING) return '(nested too deeply to be stored)';
  if (Array.isArray(value)) return value.map((item) => sanitizeJson(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      String(sanitizeJson(name)),
      sanitizeJson(item, depth + 1),
    ]),
  );
}
