import type { Logger } from 'pino';

/**
 * Logs outages of an external dependency: one line at the start of an outage and one at its end, no
 * matter how many tries fail in between.
 */
export interface OutageLog {
  /** Call when a try failed only because of the dependency. @param problem is logged; no secrets */
  failed(problem: string | Error): void;
  /** Call when a try was answered. */
  answered(): void;
  /** Whether an outage has been logged and is not over. */
  isOut(): boolean;
}

// One or two failures are ordinary network errors, which the next try recovers from.
const FAILURES_IN_A_ROW = 3;

/** @param name as at the start of a sentence: `Twilio` */
export function createOutageLog(name: string, log: Logger): OutageLog {
  return createFailureLog(log, outageMessages(name));
}

/**
 * The same for a dependency with several kinds of connections. Failures in a row are counted for each
 * kind, because an answer on one says nothing about another. The outage begins when the first kind fails,
 * and is over once all answer.
 *
 * @returns a function that creates the log of one kind; its name is logged as `connections`
 */
export function createSharedOutageLog(
  name: string,
  log: Logger,
): (connections: string) => OutageLog {
  const createPart = createSharedFailureLog(log, outageMessages(name));
  return (connections) => createPart(log.child({ connections }));
}

/** The same for any repeated task. @param messages.failuresInARow how many failures start an outage */
export function createFailureLog(log: Logger, messages: FailureMessages): OutageLog {
  return createSharedFailureLog(log, messages)(log);
}

/**
 * Whether a job failed only because of an outage that an outage log already reports, so that its tries
 * need no log lines and stack traces of their own.
 */
export function isLoggedOutage(error: unknown): boolean {
  return Object(error).isLoggedOutage === true;
}

/**
 * The same for what reports its failures and no successes: it works again when it has reported none for a while.
 *
 * @param quietMs the while, in milliseconds
 */
export function createErrorLog(
  log: Logger,
  messages: Omit<FailureMessages, 'failuresInARow'>,
  quietMs: number,
): Pick<OutageLog, 'failed' | 'isOut'> {
  const failures = createFailureLog(log, { ...messages, failuresInARow: 1 });
  let timer: NodeJS.Timeout | undefined;
  return {
    failed(problem) {
      failures.failed(problem);
      clearTimeout(timer);
      timer = setTimeout(failures.answered, quietMs).unref();
    },
    isOut: failures.isOut,
  };
}

interface FailureMessages {
  begins: string;
  ends: string;
  failuresInARow: number;
}

function outageMessages(name: string): FailureMessages {
  return {
    begins: `${name} cannot be reached: it is tried again until it answers`,
    ends: `${name} answers again`,
    failuresInARow: FAILURES_IN_A_ROW,
  };
}

/** @returns a function that creates the log of one part, with its own logger */
export function createSharedFailureLog(
  log: Logger,
  { begins, ends, failuresInARow }: FailureMessages,
): (partLog: Logger) => OutageLog {
  /** Failures in a row, for each part. */
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
