import { Router } from 'express';

/** A part that must work for this process to do its job. Throws with what is wrong. */
export type ReadinessCheck = () => Promise<void>;

/**
 * `GET /healthz`: the process answers. `GET /readyz`: every part it needs works, each named; 503
 * when one does not.
 */
export function createHealthRouter(checks: Record<string, ReadinessCheck>): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (request, response) => {
    const parts = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        try {
          await check();
          return [name, 'ok'] as const;
        } catch (error) {
          request.log.error({ err: error, part: name }, 'not ready');
          return [name, 'failing'] as const;
        }
      }),
    );
    const ready = parts.every(([, state]) => state === 'ok');
    response
      .status(ready ? 200 : 503)
      .json({ status: ready ? 'ready' : 'not ready', parts: Object.fromEntries(parts) });
  });
  return router;
}
