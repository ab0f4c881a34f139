import type { Logger } from 'pino';

/**
 * Tells the log of an outage of something that this process needs and does not own: one line when it
 * begins and one when it is over, however often it is tried meanwhile.
 */
export interface OutageLog {
  /** A try has failed for no reason but that. @param problem what the log says; no secrets */
  failed(problem: string | Error): void;
  /** A try has brought an answer. */
  answered(): void;
  /** Whether one was told and is not over. */
  isOut(): boolean;
}

// One or two that fail are the ordinary trouble of a network, which the next try makes good.
const FAILURES_IN_A_ROW = 3;

/** @param name as it begins a sentence: `Twilio` */
export function createOutageLog(name: string, log: Logger): OutageLog {
  return createTroubleLog(log, {
    begins: `${name} cannot be reached: it is tried again until it answers`,
    ends: `${name} answers again`,
    failuresInARow: FAILURES_IN_A_ROW,
  });
}

/** The same of anything that is tried again and again. @param words.failuresInARow which of them is told */
export function createTroubleLog(
  log: Logger,
  words: { begins: string; ends: string; failuresInARow: number },
): OutageLog {
  const { begins, ends, failuresInARow } = words;
  let failures = 0;
  let since = 0;
  return {
    failed(problem) {
      if (failures === 0) since = performance.now();
      failures += 1;
      const fields = problem instanceof Error ? { err: problem } : { problem };
      if (failures === failuresInARow) log.error(fields, begins);
      else log.debug(fields, begins);
    },
    answered() {
      const seconds = Math.round((performance.now() - since) / 1000);
      if (failures >= failuresInARow) log.warn({ seconds, failures }, ends);
      failures = 0;
    },
    isOut: () => failures >= failuresInARow,
  };
}

/**
 * Whether a job failed only because something cannot be reached that its own outage log tells of: the log
 * needs no line, and no stack, for each try.
 */
export function isToldOutage(error: unknown): boolean {
  return Object(error).isToldOutage === true;
}
