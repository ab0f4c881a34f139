import type { PGlite } from '@electric-sql/pglite';

// How PostgreSQL leaves a statement that has failed: PGlite's way of a longjmp to its main loop.
const ENDED_BY_ERROR = 100;

/**
 * Tells when PostgreSQL's code is left by anything but an answer or an error of its own: WebAssembly has
 * ended it, or JavaScript's stack was too small. PGlite passes over that and goes on with what is left of
 * the messages, from where it may never return.
 */
export function watchForDeath(pglite: PGlite, onDeath: (error: unknown) => void): void {
  const { Module } = pglite;
  const runOnce = Module._PostgresMainLoopOnce;
  Module._PostgresMainLoopOnce = () => {
    try {
      runOnce();
    } catch (error) {
      if ((error as { status?: unknown }).status !== ENDED_BY_ERROR) onDeath(error);
      throw error;
    }
  };
}

/** Whether a message is PostgreSQL's last: it gives itself up, as when its log finds no room on the disk. */
export function isLastWord(message: object): boolean {
  const { severity } = message as { severity?: unknown };
  return severity === 'PANIC' || severity === 'FATAL';
}
