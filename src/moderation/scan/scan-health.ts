import type { ReadinessCheck } from '../../http/health-router.ts';

/** Whether the classifier answers, as the scans of this process find out. */
export interface ScanHealth {
  answered(): void;
  /** @returns whether it answered until now, so that somebody has to be told */
  failed(problem: string): boolean;
  /** Whether to ask: no, while it has failed several times in a row and the last was just now. */
  mayAsk(): boolean;
  check: ReadinessCheck;
}

const FAILURES_IN_A_ROW = 3;
const PAUSE_MS = 15_000;

/** @param now milliseconds that only go forward */
export function createScanHealth(now: () => number = () => performance.now()): ScanHealth {
  let failures = 0;
  let pausedUntil = 0;
  let problem: string | undefined;
  return {
    answered() {
      failures = 0;
      problem = undefined;
    },
    failed(what) {
      failures += 1;
      const isNew = problem === undefined;
      problem = what;
      if (failures >= FAILURES_IN_A_ROW) pausedUntil = now() + PAUSE_MS;
      return isNew;
    },
    mayAsk() {
      if (failures < FAILURES_IN_A_ROW) return true;
      if (now() < pausedUntil) return false;
      // One asks for all: the others go on without until it is known how that went.
      pausedUntil = now() + PAUSE_MS;
      return true;
    },
    async check() {
      return problem === undefined ? undefined : `the classifier of SCAN_URL fails: ${problem}`;
    },
  };
}
