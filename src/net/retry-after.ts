/** Longer times are reduced to one day. */
const MAX_SECONDS = 86_400;

/**
 * Reads a `Retry-After` header (RFC 9110 section 10.2.3): seconds, or an HTTP-date.
 *
 * @returns whole seconds from `now`, between 0 and one day; undefined when absent or unreadable
 */
export function parseRetryAfter(value: string | null, now: Date): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text), MAX_SECONDS);
  if (!text.endsWith(' GMT')) return undefined;
  const until = Date.parse(text);
  if (Number.isNaN(until)) return undefined;
  return Math.min(Math.max(Math.ceil((until - now.getTime()) / 1000), 0), MAX_SECONDS);
}
