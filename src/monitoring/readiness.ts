import pTimeout from 'p-timeout';
import type { Logger } from 'pino';
import { asError } from '../errors/caught.ts';
import { shareForASecond } from '../lifecycle/share-results.ts';
import { createFailureLog } from './outage-log.ts';

/**
 * Checks a part that this process needs. Rejects when the part is unavailable; resolves with a message
 * when it is degraded but the process can work without it, and with undefined when it works.
 */
export type ReadinessCheck = () => Promise<string | undefined>;

/** A check of a part that is never degraded: it either works or is unavailable. */
export function requiredCheck(check: () => Promise<void>): ReadinessCheck {
  return async () => {
    await check();
    return undefined;
  };
}

interface PartReport {
  state: 'ok' | 'degraded' | 'unavailable';
  /** Why it is degraded. */
  problem: string | undefined;
  /** When this process first saw it in this state. */
  since: Date;
}

export interface Readiness {
  status: 'ready' | 'degraded' | 'not ready';
  /** By name. */
  parts: Map<string, PartReport>;
}

// Longer than a busy database takes, shorter than the usual timeout of probes.
const CHECK_MS = 5000;

/**
 * Runs checks of parts, by their names. The checks write files and query the database, so callers within a second share
 * the result. A part that is unavailable is logged once, and once more when it works again.
 */
export function createReadiness(
  checks: Record<string, ReadinessCheck>,
  log: Logger,
): () => Promise<Readiness> {
  const outages = new Map(
    Object.keys(checks).map((part) => {
      const messages = { begins: 'not ready', ends: 'ready again', failuresInARow: 1 };
      return [part, createFailureLog(log.child({ part }), messages)];
    }),
  );
  const sinceOf = createStateTimes();

  async function runCheck(name: string, check: ReadinessCheck) {
    try {
      const problem = await pTimeout(check(), {
        milliseconds: CHECK_MS,
        // Only degraded: checks of required parts throw by themselves. A hanging one must not block probes.
        fallback: () => `did not answer within ${CHECK_MS / 1000} s`,
      });
      outages.get(name)?.answered();
      return { state: problem === undefined ? 'ok' : 'degraded', problem } as const;
    } catch (error) {
      outages.get(name)?.failed(asError(error));
      return { state: 'unavailable', problem: undefined } as const;
    }
  }

  return shareForASecond(async () => {
    const parts = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        const report = await runCheck(name, check);
        return [name, { ...report, since: sinceOf(name, report.state) }] as const;
      }),
    );
    const states = new Set(parts.map(([, { state }]) => state));
    const isReady = !states.has('unavailable');
    return {
      status: !isReady ? 'not ready' : states.has('degraded') ? 'degraded' : 'ready',
      parts: new Map(parts),
    };
  });
}

/** Remembers since when each of several things is in its state. */
export function createStateTimes(): (name: string, state: string) => Date {
  const known = new Map<string, { state: string; since: Date }>();
  return (name, state) => {
    const last = known.get(name);
    if (last?.state === state) return last.since;
    const since = new Date();
    known.set(name, { state, since });
    return since;
  };
}
