import express, { type Express, type Router } from 'express';
import type { HttpLogger } from 'pino-http';
import { oneAtATime } from './http/one-at-a-time.ts';
import { notFound, sendProblem } from './http/problem.ts';

export interface AppDeps {
  requestLog: HttpLogger;
  trustProxy: boolean | number | string[];
  /** In the order they are asked. */
  routers: Router[];
}

/** Mounts the routers; never listens. */
export function createApp({ requestLog, trustProxy, routers }: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', trustProxy);
  app.set('query parser', 'simple');
  app.use(requestLog);
  app.use(oneAtATime);
  for (const router of routers) app.use(router);
  app.use(notFound);
  app.use(sendProblem);
  return app;
}
