import PQueue from 'p-queue';
import { isPatient } from '../jobs/job-list.ts';

/** Runs a task when a decoding process is free for it; of those that wait, the one of the highest priority. */
export type DecoderTurns = <T>(
  task: () => Promise<T>,
  options: { priority: number; signal: AbortSignal },
) => Promise<T>;

// How long a process is left free after the last file that is not patient.
const LEAVE_MS = 10_000;

/**
 * Shares the decoding processes: while there are others, patient files leave a process to them, and with it a
 * share of the processors. Where there is one process only, files wait for the one that it decodes.
 */
export function createDecoderTurns(processes: number): DecoderTurns {
  const all = new PQueue({ concurrency: processes });
  const patient = new PQueue({ concurrency: processes });
  let leaving: NodeJS.Timeout | undefined;

  function leaveOne(): void {
    patient.concurrency = Math.max(1, processes - 1);
    clearTimeout(leaving);
    leaving = setTimeout(() => {
      patient.concurrency = processes;
    }, LEAVE_MS).unref();
  }

  return (task, options) => {
    const run = () => all.add(task, options);
    if (isPatient(options)) return patient.add(run, options);
    leaveOne();
    return run();
  };
}
