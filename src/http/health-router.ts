import { Router } from 'express';
import { methodNotAllowed } from './problem.ts';

/**
 * A part that this process needs to do its job. Throws with what is wrong; resolves with words where
 * something is wrong that it can do its job without.
 */
export type ReadinessCheck = () => Promise<string | undefined>;

/** A check of what works or does not: there is nothing in between. */
export function mustWork(check: () => Promise<void>): ReadinessCheck {
  return async () => {
    await check();
    return undefined;
  };
}

/** Ways to make previews: what one lacks here, null where it works. */
export type ReportPreviews = () => Promise<{
  kinds: { name: string; missing: { problem: string } | null }[];
  isOffline: boolean;
}>;

/**
 * `GET /healthz`: the process answers. `GET /readyz`: every part it needs works, each named; 503
 * when one does not, 200 `degraded` when something is wrong that it can do without.
 *
 * @param reportPreviews told beside the parts: a kind that is missing makes nothing unready
 */
export function createHealthRouter(
  checks: Record<string, ReadinessCheck>,
  reportPreviews: ReportPreviews | undefined,
): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (request, response) => {
    const parts = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        try {
          const trouble = await check();
          return [name, trouble === undefined ? 'ok' : `degraded: ${trouble}`] as const;
        } catch (error) {
          request.log.error({ err: error, part: name }, 'not ready');
          return [name, 'failing'] as const;
        }
      }),
    );
    const isReady = parts.every(([, state]) => state !== 'failing');
    const isWhole = parts.every(([, state]) => state === 'ok');
    response.status(isReady ? 200 : 503).json({
      status: isWhole ? 'ready' : isReady ? 'degraded' : 'not ready',
      parts: Object.fromEntries(parts),
      ...(reportPreviews === undefined ? {} : { previews: await previewsOf(reportPreviews) }),
    });
  });
  router.all(['/healthz', '/readyz'], methodNotAllowed('GET'));
  return router;
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
