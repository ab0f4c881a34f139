/** What the server's clock said, less that of the page, in milliseconds; the latest counts, an answer from a cache is older. */
let ahead = Number.NEGATIVE_INFINITY;

/** Reads the time of an answer. */
export function noteServerTime({ headers }: Response): void {
  const at = Date.parse(headers.get('date') ?? '');
  if (!Number.isNaN(at)) ahead = Math.max(ahead, at - performance.now());
}

/**
 * The time by the server's clock, to the second: that of the browser may be wrong.
 *
 * @returns milliseconds since 1970
 */
export function serverNow(): number {
  return Number.isFinite(ahead) ? ahead + performance.now() : Date.now();
}
