import type { Request, Response, Router } from 'express';
import pTimeout from 'p-timeout';
import type { Logger } from 'pino';
import { asError } from '../errors/caught.ts';
import { shareForASecond } from '../lifecycle/share-results.ts';
import type { Metrics } from '../monitoring/metrics.ts';
import { createFailureLog } from '../monitoring/outage-log.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';
import { monitoringOperations as operations } from './monitoring-operations.ts';
import { anyoneMayCall, createResourceRouter, route } from './resource-router.ts';

// Longer than a busy database takes, shorter than the usual timeout of probes.
const CHECK_MS = 5000;

/** State of each preview kind: `missing` says what it lacks, null when it works. */
type ReportPreviews = () => Promise<{
  kinds: { name: string; missing: { problem: string } | null }[];
  isOffline: boolean;
}>;

type PartState = 'ok' | 'degraded' | 'unavailable';

interface Report {
  status: 'ready' | 'degraded' | 'not ready';
  /** By name; `problem` is shown only to who is signed in. */
  parts: Map<string, { state: PartState; problem: string | undefined }>;
  previews: Awaited<ReturnType<typeof previewsOf>> | undefined;
}

/**
 * `GET /healthz`: the process answers. `GET /readyz`: the state of every part it needs, by name; 503 when one
 * does not work, 200 `degraded` for a problem that it can work with. Problems are shown only to who is signed
 * in, with any role. The checks write files and query the database, so callers within a second share
 * the result.
 *
 * @param deps.reportPreviews shown beside the parts; a missing preview kind does not affect readiness
 */
export function createHealthRouter(deps: {
  checks: Record<string, ReadinessCheck>;
  reportPreviews: ReportPreviews | undefined;
  /** Whether the caller is signed in, with any role. Never rejects. */
  isSignedIn: (request: Request, response: Response) => Promise<boolean>;
  log: Logger;
}): Router {
  const { checks, reportPreviews, isSignedIn, log } = deps;

  const outages = new Map(
    Object.keys(checks).map((part) => {
      const messages = { begins: 'not ready', ends: 'ready again', failuresInARow: 1 };
      return [part, createFailureLog(log.child({ part }), messages)];
    }),
  );

  const report = shareForASecond(async (): Promise<Report> => {
    const parts = await Promise.all(
      Object.entries(checks).map(
        async ([name, check]) => [name, await runCheck(name, check)] as const,
      ),
    );
    const states = new Set(parts.map(([, { state }]) => state));
    const isReady = !states.has('unavailable');
    return {
      status: !isReady ? 'not ready' : states.has('degraded') ? 'degraded' : 'ready',
      parts: new Map(parts),
      previews: reportPreviews && (await previewsOf(reportPreviews)),
    };
  });

  async function runCheck(name: string, check: ReadinessCheck) {
    try {
      const problem = await pTimeout(check(), {
        milliseconds: CHECK_MS,
        // Only degraded: checks of required parts throw by themselves. A hanging one must not block probes.
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

  const health = route(operations.health, ({ response }) => {
    response.json({ status: 'ok' });
  });

  const readiness = route(operations.readiness, async ({ request, response }) => {
    const [{ status, parts, previews }, isTrusted] = await Promise.all([
      report(),
      isSignedIn(request, response),
    ]);
    const shown = [...parts].map(([name, { state, problem }]) => [
      name,
      isTrusted && problem !== undefined ? `${state}: ${problem}` : state,
    ]);
    response.status(status === 'not ready' ? 503 : 200).json({
      status,
      parts: Object.fromEntries(shown),
      ...(isTrusted && previews !== undefined ? { previews } : {}),
    });
  });

  return createResourceRouter(anyoneMayCall, [health, readiness]);
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

/** `GET /metrics`, for Prometheus. Some metrics query the database: callers within a second share a result. */
export function createMetricsRouter({ registry }: Metrics): Router {
  const read = shareForASecond(() => registry.metrics());
  const metrics = route(operations.metrics, async ({ response }) => {
    response.type(registry.contentType).send(await read());
  });
  return createResourceRouter(anyoneMayCall, [metrics]);
}
