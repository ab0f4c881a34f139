/**
 * Whether an error is the end of the embedded database: PostgreSQL has given itself up (as when its log
 * finds no room on the disk), or WebAssembly has. It lives in this thread, and the next statement would
 * never return.
 */
export function isDeath(error: unknown): boolean {
  if (error instanceof WebAssembly.RuntimeError) return true;
  const { severity, name } = Object(error) as { severity?: unknown; name?: unknown };
  return severity === 'PANIC' || severity === 'FATAL' || name === 'ExitStatus';
}
