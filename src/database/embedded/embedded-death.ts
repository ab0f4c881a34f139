import type { PGlite } from '@electric-sql/pglite';
import { AppError } from '../../errors/app-error.ts';

// What PGlite calls, over and over, to hand a statement to PostgreSQL and its answer back.
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

// How PostgreSQL leaves a statement that has failed: PGlite's longjmp to the main loop.
const LONGJMP = 100;

/** The embedded database has come to its end: whatever is asked of it, and was being asked, throws this. */
export class EmbeddedDeath extends AppError {
  /** @param cause what has ended it */
  constructor(cause: unknown) {
    super('unavailable', 'The embedded database has died: its disk may be full or broken', {
      cause,
    });
    this.name = 'EmbeddedDeath';
  }
}

/**
 * Has all calls throw `EmbeddedDeath` once PostgreSQL's code was left in its midst: it has given itself up
 * (as when its log finds no room on the disk), WebAssembly has ended it, or JavaScript's stack was too
 * small. PGlite passes over that and goes on, with locks that nobody releases: it never comes back.
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
