import type { IncomingMessage, RequestListener } from 'node:http';
import type { RequestHandler } from 'express';
import express, { type Router } from 'express';
import type { HttpLogger } from 'pino-http';
import { AppError } from '../errors/app-error.ts';
import { notFound, sendProblem } from '../http/problem.ts';

export interface AppDeps {
  requestLog: HttpLogger;
  trustProxy: boolean | number | string[];
  /** In the order in which they are mounted. */
  routers: Router[];
}

/** Mounts the routers; does not listen. */
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
 * Handles one request of a connection at a time. A client may pipeline many requests, and their
 * responses are sent in order: data read for the later ones would stay in memory until the client has
 * read the first response.
 */
export const oneAtATime: RequestHandler = (_request, response, next) => {
  // Node assigns the socket to a response when the responses before it have ended. If the connection
  // closes first, it never does, and request and response are garbage-collected.
  if (response.socket !== null) return next();
  // Deferred: Node emits 'socket' before it has finished assigning it.
  response.once('socket', () => setImmediate(next));
};

const malformed = new WeakSet<IncomingMessage>();

/**
 * Rewrites the request target to the origin form (`/path?query`) before Express parses it: URL parsers
 * throw on some targets that Node accepts. Proxies send the absolute form (`http://host/path`); its host,
 * if valid, replaces the `Host` header (RFC 9112, 3.2.2). Any other target becomes `/`, which
 * `refuseMalformedTarget` rejects.
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
