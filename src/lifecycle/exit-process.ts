import { collectGarbage } from './collect-garbage.ts';

/** Signals within this time are one: both the terminal and npm, or the launcher, may forward the same Ctrl-C. */
export const ONE_SIGNAL_MS = 1000;

/**
 * `process.exit`, without its deadlock: it waits for V8's compiler threads, which may wait for a garbage collection
 * by this thread (https://github.com/nodejs/node/issues/54918). After a collection they have room.
 *
 * @param code the exit code; without it `process.exitCode`
 */
export function exitProcess(code?: number): never {
  collectGarbage();
  process.exit(code ?? process.exitCode);
}
