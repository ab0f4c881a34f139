import type { PGlite } from '@electric-sql/pglite';
import { AppError } from '../../errors/app-error.ts';

// The functions that PGlite calls to pass statements to PostgreSQL and return the results.
const CALLS = [
  'stackSave',
  'stackRestore',
  '_PostgresMainLoopOnce',
  '_PostgresMainLongJmp',
  '_pq_buffer_remaining_data',
  '_PostgresSendReadyForQueryIfNecessary',
  '_pgl_pq_flush',
] as const;
type Calls = Record<(typeof CALLS)[number], (...values: number[]) => unknown>;

// PostgreSQL leaves a failed statement with PGlite's longjmp to the main loop, which has this status.
const LONGJMP = 100;

/** The embedded database has crashed: current and further statements throw this. */
export class EmbeddedDeath extends AppError {
  /** @param cause the original error */
  constructor(cause: unknown) {
    super('unavailable', 'The embedded database has died: its disk may be full or broken', {
      cause,
    });
    this.name = 'EmbeddedDeath';
  }
}

/**
 * Makes all calls throw `EmbeddedDeath` once PostgreSQL's code was aborted: by a panic (as when the disk has
 * no space for the WAL), a WebAssembly trap, or a JavaScript stack overflow. PGlite ignores that and
 * continues with locks that are never released, so it hangs.
 */
export function throwAfterDeath(pglite: PGlite): void {
  const calls = pglite.Module as unknown as Calls;
  let death: EmbeddedDeath | undefined;
  for (const name of CALLS) {
    const call = calls[name];
    calls[name] = (...values) => {
      if (death !== undefined) throw death;
      try {
        return call(...values);
      } catch (error) {
        if (Object(error).status !== LONGJMP) death = new EmbeddedDeath(error);
        throw death ?? error;
      }
    };
  }
}
