import type { RequestListener } from 'node:http';
import express, { type Router } from 'express';
import type { HttpLogger } from 'pino-http';
import { notFound, sendProblem } from '../http/problem.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { refuseMalformedTarget, useOriginForm } from './request-target.ts';

export interface AppDeps {
  requestLog: HttpLogger;
  trustProxy: boolean | number | string[];
  /** In the order they are asked. */
  routers: Router[];
}

/** Mounts the routers; never listens. */
export function createApp({ requestLog, trustProxy, routers }: AppDeps): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', trustProxy);
  app.set('query parser', 'simple');
  app.use(requestLog);
  app.use(oneAtATime);
  app.use(refuseMalformedTarget);
  for (const router of routers) app.use(router);
  app.use(notFound);
  app.use(sendProblem);
  return (request, response) => {
    useOriginForm(request);
    app(request, response);
  };
}
