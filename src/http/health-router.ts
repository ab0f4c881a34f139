import type { Request, RequestHandler, Router } from 'express';
import pTimeout from 'p-timeout';
import type { Logger } from 'pino';
import { asError } from '../errors/caught.ts';
import { createFailureLog } from '../monitoring/outage-log.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';
import { createResourceRouter } from './resource-router.ts';
import { shareForASecond } from './share-results.ts';

// Longer than a database that is merely busy takes, shorter than probes commonly wait.
const CHECK_MS = 5000;

/** Ways to make previews: what one lacks here, null where it works. */
type ReportPreviews = () => Promise<{
  kinds: { name: string; missing: { problem: string } | null }[];
  isOffline: boolean;
}>;

type PartState = 'ok' | 'degraded' | 'unavailable';

interface Report {
  status: 'ready' | 'degraded' | 'not ready';
  /** By name; `problem` is for those who have a key. */
  parts: Map<string, { state: PartState; problem: string | undefined }>;
  previews: Awaited<ReturnType<typeof previewsOf>> | undefined;
}

/**
 * `GET /healthz`: the process answers. `GET /readyz`: every part it needs works, each named; 503
 * when one does not, 200 `degraded` when something is wrong that it can do without. What is wrong is told
 * to those who have an API key, of any role. To look writes files and asks the database, so callers within
 * a second share what was found.
 *
 * @param deps.reportPreviews told beside the parts: a kind that is missing makes nothing unready
 */
export function createHealthRouter(deps: {
  checks: Record<string, ReadinessCheck>;
  reportPreviews: ReportPreviews | undefined;
  /** Whether the caller has an API key, of any role. Never rejects. */
  hasKey: (request: Request) => Promise<boolean>;
  log: Logger;
}): Router {
  const { checks, reportPreviews, hasKey, log } = deps;

  const outages = new Map(
    Object.keys(checks).map((part) => {
      const words = { begins: 'not ready', ends: 'ready again', failuresInARow: 1 };
      return [part, createFailureLog(log.child({ part }), words)];
    }),
  );

  const report = shareForASecond(async (): Promise<Report> => {
    const parts = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await look(name, check)] as const),
    );
    const states = new Set(parts.map(([, { state }]) => state));
    const isReady = !states.has('unavailable');
    return {
      status: !isReady ? 'not ready' : states.has('degraded') ? 'degraded' : 'ready',
      parts: new Map(parts),
      previews: reportPreviews && (await previewsOf(reportPreviews)),
    };
  });

  async function look(name: string, check: ReadinessCheck) {
    try {
      const problem = await pTimeout(check(), {
        milliseconds: CHECK_MS,
        // What must answer says so itself; a part that hangs must not hold up all who probe.
        fallback: () => `did not answer within ${CHECK_MS / 1000} s`,
      });
      outages.get(name)?.answered();
      const state: PartState = problem === undefined ? 'ok' : 'degraded';
      return { state, problem };
    } catch (error) {
      outages.get(name)?.failed(asError(error));
      return { state: 'unavailable' as const, problem: undefined };
    }
  }

  const sendHealth: RequestHandler = (_request, response) => {
    response.json({ status: 'ok' });
  };

  const sendReadiness: RequestHandler = async (request, response) => {
    const [{ status, parts, previews }, isTrusted] = await Promise.all([report(), hasKey(request)]);
    const shown = [...parts].map(([name, { state, problem }]) => [
      name,
      isTrusted && problem !== undefined ? `${state}: ${problem}` : state,
    ]);
    response.status(status === 'not ready' ? 503 : 200).json({
      status,
      parts: Object.fromEntries(shown),
      ...(isTrusted && previews !== undefined ? { previews } : {}),
    });
  };

  return createResourceRouter({
    '/healthz': { get: [sendHealth] },
    '/readyz': { get: [sendReadiness] },
  });
}

async function previewsOf(report: ReportPreviews) {
  try {
    const { kinds, isOffline } = await report();
    const states = kinds.map(({ name, missing }) => [name, missing?.problem ?? 'ok']);
    return { kinds: Object.fromEntries(states), decodersAreOffline: isOffline };
  } catch {
    return { kinds: {}, problem: 'the preview process does not start; the log says why' };
  }
}
