// JSON from strangers nests two or three levels; thousands would exhaust the stack of whoever reads it.
const MAX_NESTING = 64;

/** PostgreSQL keeps neither NUL nor lone surrogates in text, nor in JSON: each becomes U+FFFD. */
export function sanitizeJson(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\uFFFD');
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_NESTING) return '(nested too deep to be kept)';
  if (Array.isArray(value)) return value.map((item) => sanitizeJson(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      String(sanitizeJson(name)),
      sanitizeJson(item, depth + 1),
    ]),
  );
}
