import type { Router } from 'express';
import type { Metrics } from '../monitoring/metrics.ts';
import { createResourceRouter } from './resource-router.ts';
import { shareForASecond } from './share-results.ts';

/** `GET /metrics`, for Prometheus. Some metrics query the database: callers within a second share a result. */
export function createMetricsRouter({ registry }: Metrics): Router {
  const read = shareForASecond(() => registry.metrics());
  return createResourceRouter({
    '/metrics': {
      get: [
        async (_request, response) => {
          response.type(registry.contentType).send(await read());
        },
      ],
    },
  });
}
