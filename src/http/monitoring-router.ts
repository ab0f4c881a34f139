import type { Request, RequestHandler, Response, Router } from 'express';
import { shareForASecond } from '../lifecycle/share-results.ts';
import type { Metrics } from '../monitoring/metrics.ts';
import type { Readiness } from '../monitoring/readiness.ts';
import { VERSION } from '../monitoring/version.ts';
import { monitoringOperations as operations } from './monitoring-operations.ts';
import { anyoneMayCall, createResourceRouter, type Guard, route } from './resource-router.ts';

/** State of each preview kind: `missing` says what it lacks, null when it works. */
export type ReportPreviews = () => Promise<{
  kinds: { name: string; missing: { problem: string } | null }[];
  isOffline: boolean;
}>;

/**
 * `GET /healthz`: the process answers. `GET /readyz`: 503 when a part that it needs does not work, 200 `degraded`
 * for a problem that it can work with. Operators also see the version and the state of every part, by name.
 *
 * @param deps.reportPreviews shown beside the parts; a missing preview kind does not affect readiness
 */
export function createHealthRouter(deps: {
  readReadiness: () => Promise<Readiness>;
  reportPreviews: ReportPreviews | undefined;
  /** Never rejects. */
  isOperator: (request: Request, response: Response) => Promise<boolean>;
}): Router {
  const { readReadiness, reportPreviews, isOperator } = deps;

  const report = shareForASecond(async () => ({
    ...(await readReadiness()),
    previews: reportPreviews && (await previewsOf(reportPreviews)),
  }));

  const health = route(operations.health, ({ response }) => {
    response.json({ status: 'ok' });
  });

  const readiness = route(operations.readiness, async ({ request, response }) => {
    const [{ status, parts, previews }, isTrusted] = await Promise.all([
      report(),
      isOperator(request, response),
    ]);
    response.status(status === 'not ready' ? 503 : 200);
    if (!isTrusted) return void response.json({ status });
    const shown = [...parts].map(([name, { state, problem }]) => [
      name,
      problem === undefined ? state : `${state}: ${problem}`,
    ]);
    response.json({
      status,
      version: VERSION,
      parts: Object.fromEntries(shown),
      ...(previews === undefined ? {} : { previews }),
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

/**
 * `GET /metrics`, for Prometheus. Some metrics query the database: callers within a second share a result.
 *
 * @param requireOperator refuses everybody else
 */
export function createMetricsRouter(
  { registry }: Metrics,
  requireOperator: RequestHandler,
): Router {
  const read = shareForASecond(() => registry.metrics());
  const metrics = route(operations.metrics, async ({ response }) => {
    response.type(registry.contentType).send(await read());
  });
  const guard: Guard = (access) =>
    access === 'operator' ? requireOperator : anyoneMayCall(access);
  return createResourceRouter(guard, [metrics]);
}
