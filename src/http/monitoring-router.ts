import type { Request, Response, Router } from 'express';
import { shareForASecond } from '../lifecycle/share-results.ts';
import type { Metrics } from '../monitoring/metrics.ts';
import type { Readiness } from '../monitoring/readiness.ts';
import { monitoringOperations as operations } from './monitoring-operations.ts';
import { anyoneMayCall, createResourceRouter, route } from './resource-router.ts';

/** State of each preview kind: `missing` says what it lacks, null when it works. */
export type ReportPreviews = () => Promise<{
  kinds: { name: string; missing: { problem: string } | null }[];
  isOffline: boolean;
}>;

/**
 * `GET /healthz`: the process answers. `GET /readyz`: the state of every part it needs, by name; 503 when one
 * does not work, 200 `degraded` for a problem that it can work with. Problems are shown only to who is signed
 * in, with any role.
 *
 * @param deps.reportPreviews shown beside the parts; a missing preview kind does not affect readiness
 */
export function createHealthRouter(deps: {
  readReadiness: () => Promise<Readiness>;
  reportPreviews: ReportPreviews | undefined;
  /** Whether the caller is signed in, with any role. Never rejects. */
  isSignedIn: (request: Request, response: Response) => Promise<boolean>;
}): Router {
  const { readReadiness, reportPreviews, isSignedIn } = deps;

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
