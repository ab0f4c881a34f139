import type { Logger } from 'pino';
import { createFailureLog } from '../monitoring/outage-log.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';
import { classifierOrigin } from './ask-classifier.ts';
import type { ScanError } from './classifier.ts';

/**
 * Whether the classifier answers, judged by the scans of this process; logged when it begins to fail, and
 * when it answers again.
 */
export interface ScanHealth {
  /** Called when it gave a verdict. */
  answered(): void;
  failed(error: ScanError): void;
  /**
   * Whether files may be sent to it. `probe`: it has failed several times in a row, which may be due to the
   * files; the caller that gets this state probes it with a file of ours, all others get `down` for a while.
   */
  state(): 'up' | 'probe' | 'down';
  /** The probe was answered. */
  isUp(): void;
  /** Whether it fails, which is logged: single files without a verdict need no lines of their own. */
  isOut(): boolean;
  check: ReadinessCheck;
}

const OUTAGES_IN_A_ROW = 3;
const PAUSE_MS = 15_000;
// After so many files in a row without a verdict, the classifier counts as failing although it answers.
const UNJUDGED_IN_A_ROW = 10;

/**
 * @param url of the classifier
 * @param now milliseconds of a monotonic clock
 */
export function createScanHealth(
  url: string,
  log: Logger,
  now: () => number = () => performance.now(),
): ScanHealth {
  const failureLog = createFailureLog(log.child({ origin: classifierOrigin(url) }), {
    begins: 'the classifier fails: it is asked again until it answers',
    ends: 'the classifier answers again',
    failuresInARow: 1,
  });
  let outages = 0;
  let unjudged = 0;
  let pausedUntil = 0;
  let problem: string | undefined;

  function isUp(): void {
    outages = 0;
    pausedUntil = 0;
  }

  return {
    answered() {
      isUp();
      unjudged = 0;
      problem = undefined;
      failureLog.answered();
    },
    failed({ kind, message }) {
      if (kind === 'outage') {
        outages += 1;
        problem = message;
      } else {
        // Even an error response shows that it answers.
        isUp();
        unjudged = kind === 'file' ? unjudged + 1 : 0;
        const isUseless = kind === 'refused' || unjudged >= UNJUDGED_IN_A_ROW;
        problem = isUseless ? message : undefined;
      }
      if (problem === undefined) failureLog.answered();
      else failureLog.failed(problem);
    },
    state() {
      if (outages < OUTAGES_IN_A_ROW) return 'up';
      if (now() < pausedUntil) return 'down';
      pausedUntil = now() + PAUSE_MS;
      return 'probe';
    },
    isUp,
    isOut: failureLog.isOut,
    async check() {
      return problem === undefined ? undefined : `the classifier of SCAN_URL fails: ${problem}`;
    },
  };
}

/** From the first failure to the next scan of the same file. */
export const FIRST_PAUSE_MS = 15_000;
const MAX_PAUSE_MS = 3_600_000;

/**
 * How often one file is scanned automatically. `file`: the answer is likely to stay the same. `outage`:
 * the file itself may crash the classifier. `refused`: no limit, as a change of its configuration or ours
 * fixes it.
 */
const MAX_TRIES: Record<ScanError['kind'], number> = {
  file: 5,
  outage: 10,
  refused: Number.POSITIVE_INFINITY,
};

/**
 * When a file is scanned again.
 *
 * @param tries so far
 * @returns null when it is not scanned again automatically
 */
export function nextScan(kind: ScanError['kind'], tries: number, now: Date): Date | null {
  if (tries >= MAX_TRIES[kind]) return null;
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(tries, 20), MAX_PAUSE_MS);
  return new Date(now.getTime() + pause);
}
