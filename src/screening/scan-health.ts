import type { Logger } from 'pino';
import { createFailureLog } from '../monitoring/outage-log.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';
import type { ScanError } from './classifier.ts';

/**
 * Whether the classifier answers, as the scans of this process find out; the log is told when it begins to
 * fail, and when it answers again.
 */
export interface ScanHealth {
  /** It gave a verdict. */
  answered(): void;
  failed(error: ScanError): void;
  /**
   * Whether files are shown to it. `probe`: it has failed several times in a row, which may be due to the
   * files; whoever gets this finds out with a file of ours, nobody else for a while.
   */
  state(): 'up' | 'probe' | 'down';
  /** The probe was answered. */
  isUp(): void;
  check: ReadinessCheck;
}

const OUTAGES_IN_A_ROW = 3;
const PAUSE_MS = 15_000;
// Of files without a verdict, whatever they are: it answers, and is of no use.
const UNJUDGED_IN_A_ROW = 10;

/**
 * @param url of the classifier
 * @param now milliseconds that only go forward
 */
export function createScanHealth(
  url: string,
  log: Logger,
  now: () => number = () => performance.now(),
): ScanHealth {
  // Path and query may be what lets us in.
  const { origin } = new URL(url);
  const trouble = createFailureLog(log.child({ origin }), {
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
      trouble.answered();
    },
    failed({ kind, message }) {
      if (kind === 'outage') {
        outages += 1;
        problem = message;
      } else {
        // Whatever it says, it answers.
        isUp();
        unjudged = kind === 'file' ? unjudged + 1 : 0;
        const isUseless = kind === 'refused' || unjudged >= UNJUDGED_IN_A_ROW;
        problem = isUseless ? message : undefined;
      }
      if (problem === undefined) trouble.answered();
      else trouble.failed(problem);
    },
    state() {
      if (outages < OUTAGES_IN_A_ROW) return 'up';
      if (now() < pausedUntil) return 'down';
      pausedUntil = now() + PAUSE_MS;
      return 'probe';
    },
    isUp,
    async check() {
      return problem === undefined ? undefined : `the classifier of SCAN_URL fails: ${problem}`;
    },
  };
}

/** From the first failure to the next question about the same file. */
export const FIRST_PAUSE_MS = 15_000;
const MAX_PAUSE_MS = 3_600_000;

/**
 * How often it is asked about one file by itself. What it says of a file it will say again; a file that
 * breaks it may break it again; a refusal is mended in its configuration or in ours.
 */
const MAX_TRIES: Record<ScanError['kind'], number> = {
  file: 5,
  outage: 10,
  refused: Number.POSITIVE_INFINITY,
};

/**
 * When the classifier is asked again about a file.
 *
 * @param tries so far
 * @returns null when it is not asked again by itself
 */
export function nextScan(kind: ScanError['kind'], tries: number, now: Date): Date | null {
  if (tries >= MAX_TRIES[kind]) return null;
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(tries, 20), MAX_PAUSE_MS);
  return new Date(now.getTime() + pause);
}
