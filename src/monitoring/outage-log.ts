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
  return createFailureLog(log, outageWords(name));
}

/**
 * The same of something that is reached in several ways, each with failures in a row of its own: an answer
 * on one says nothing of another. The outage begins with the first way that fails, and is over once all
 * answer.
 *
 * @returns makes the log of one way; its name is logged as `connections`
 */
export function createSharedOutageLog(
  name: string,
  log: Logger,
): (connections: string) => OutageLog {
  const createPart = createSharedFailureLog(log, outageWords(name));
  return (connections) => createPart(log.child({ connections }));
}

/** The same of anything that is tried again and again. @param words.failuresInARow which of them is told */
export function createFailureLog(log: Logger, words: FailureMessages): OutageLog {
  return createSharedFailureLog(log, words)(log);
}

/**
 * Whether a job failed only because something cannot be reached that its own outage log tells of: the log
 * needs no line, and no stack, for each try.
 */
export function isLoggedOutage(error: unknown): boolean {
  return Object(error).isLoggedOutage === true;
}

interface FailureMessages {
  begins: string;
  ends: string;
  failuresInARow: number;
}

function outageWords(name: string): FailureMessages {
  return {
    begins: `${name} cannot be reached: it is tried again until it answers`,
    ends: `${name} answers again`,
    failuresInARow: FAILURES_IN_A_ROW,
  };
}

/** @returns makes the log of one part, on a logger of its own */
function createSharedFailureLog(
  log: Logger,
  { begins, ends, failuresInARow }: FailureMessages,
): (partLog: Logger) => OutageLog {
  /** In a row, of each part. */
  const counts: { failures: number }[] = [];
  let isOut = false;
  let failures = 0;
  let since = 0;
  const allAnswer = () => counts.every((count) => count.failures === 0);

  return (partLog) => {
    const own = { failures: 0 };
    counts.push(own);
    return {
      failed(problem) {
        if (allAnswer()) {
          since = performance.now();
          failures = 0;
        }
        failures += 1;
        own.failures += 1;
        const fields = problem instanceof Error ? { err: problem } : { problem };
        if (isOut || own.failures < failuresInARow) return partLog.debug(fields, begins);
        isOut = true;
        partLog.error(fields, begins);
      },
      answered() {
        own.failures = 0;
        if (!isOut || !allAnswer()) return;
        isOut = false;
        const seconds = Math.round((performance.now() - since) / 1000);
        log.warn({ seconds, failures }, ends);
      },
      isOut: () => isOut,
    };
  };
}
