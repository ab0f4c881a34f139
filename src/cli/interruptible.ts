import { exitProcess, ONE_SIGNAL_MS } from '../lifecycle/exit-process.ts';
import { EXIT } from './exit-codes.ts';

/**
 * Runs work that Ctrl-C or SIGTERM stops through its signal, so that the command can say where it stopped. A second
 * one ends the process at once.
 */
export async function interruptible<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stopping = new AbortController();
  let stoppingSince = 0;
  const stop = () => {
    if (!stopping.signal.aborted) {
      stoppingSince = performance.now();
      stopping.abort();
    } else if (performance.now() - stoppingSince > ONE_SIGNAL_MS) {
      exitProcess(EXIT.interrupted);
    }
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    return await run(stopping.signal);
  } finally {
    // Otherwise the command ends now, and the same Ctrl-C must not keep it from saying where.
    if (!stopping.signal.aborted) process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
