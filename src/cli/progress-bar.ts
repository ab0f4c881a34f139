import { setTimeout } from 'node:timers/promises';
import cliProgress, { type SingleBar } from 'cli-progress';
import { interruptible } from './interruptible.ts';

const POLL_MS = 500;

/** A progress bar on a terminal; without a terminal, a line every two seconds. */
export function createProgressBar(format: string): SingleBar {
  return new cliProgress.SingleBar({ format, noTTYOutput: true, notTTYSchedule: 2000 });
}

/**
 * Updates a started progress bar until the work that it shows has ended, or until Ctrl-C. The work runs
 * elsewhere: Ctrl-C only stops the polling.
 *
 * @param poll reads the progress and updates the bar; resolves with whether the work continues
 */
export async function followProgress(bar: SingleBar, poll: () => Promise<boolean>): Promise<void> {
  await interruptible(async (signal) => {
    do {
      await setTimeout(POLL_MS, undefined, { signal }).catch(() => undefined);
    } while ((await poll()) && !signal.aborted);
  }).finally(() => bar.stop());
}
