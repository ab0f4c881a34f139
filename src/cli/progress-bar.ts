import { setTimeout } from 'node:timers/promises';
import cliProgress, { type SingleBar } from 'cli-progress';

const POLL_MS = 500;

/** A bar on a terminal; elsewhere a line every two seconds. */
export function createProgressBar(format: string): SingleBar {
  return new cliProgress.SingleBar({ format, noTTYOutput: true, notTTYSchedule: 2000 });
}

/**
 * Shows a bar that was started while something goes on elsewhere, until that has ended or somebody presses
 * Ctrl-C, which ends nothing but the looking.
 *
 * @param look asks how far it is, and moves the bar; resolves with whether it goes on
 */
export async function followProgress(bar: SingleBar, look: () => Promise<boolean>): Promise<void> {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    do {
      await setTimeout(POLL_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    } while ((await look()) && !stopping.signal.aborted);
  } finally {
    bar.stop();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
