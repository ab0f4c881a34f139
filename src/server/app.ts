import type { IncomingMessage, RequestListener } from 'node:http';
import type { RequestHandler } from 'express';
import express, { type Router } from 'express';
import type { HttpLogger } from 'pino-http';
import { AppError } from '../errors/app-error.ts';
import { notFound, sendProblem } from '../http/problem.ts';

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

/**
 * Works on one request of a connection at a time. A client may send many in one go, and their answers
 * leave one after the other: what was read for those behind would only lie in memory for as long as
 * the first is not taken.
 */
export const oneAtATime: RequestHandler = (_request, response, next) => {
  // The server gives a response its socket when those before it are through. One whose connection
  // ends first never gets it, and is forgotten together with it.
  if (response.socket !== null) return next();
  // Not at once: the server is not through with giving it.
  response.once('socket', () => setImmediate(next));
};

const malformed = new WeakSet<IncomingMessage>();

/**
 * Gives a request the origin form (`/path?query`) of its target, before Express sees it: parsers of URLs
 * throw on some of what Node lets through. The absolute form (`http://host/path`) is what proxies send; its
 * host, where it is one, stands for the `Host` header (RFC 9112, 3.2.2). Anything else becomes `/`, for
 * `refuseMalformedTarget` to refuse.
 */
function useOriginForm(request: IncomingMessage): void {
  const target = request.url ?? '';
  if (target.startsWith('/')) return;
  const [, origin, rest = ''] = /^(https?:\/\/[^/?#]+)(.*)$/is.exec(target) ?? [];
  if (origin === undefined) {
    malformed.add(request);
    request.url = '/';
    return;
  }
  const host = URL.parse(origin)?.host;
  if (host !== undefined) request.headers.host = host;
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
}

const refuseMalformedTarget: RequestHandler = (request, _response, next) => {
  if (malformed.has(request)) {
    throw new AppError('invalid_request', 'The request target is neither a path nor a URL.');
  }
  next();
};
