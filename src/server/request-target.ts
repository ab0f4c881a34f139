import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { AppError } from '../errors/app-error.ts';

const malformed = new WeakSet<IncomingMessage>();

/**
 * Gives a request the origin form (`/path?query`) of its target, before Express sees it: parsers of URLs
 * throw on some of what Node lets through. The absolute form (`http://host/path`) is what proxies send; its
 * host, where it is one, stands for the `Host` header (RFC 9112, 3.2.2). Anything else becomes `/`, for
 * `refuseMalformedTarget` to refuse.
 */
export function useOriginForm(request: IncomingMessage): void {
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

export const refuseMalformedTarget: RequestHandler = (request, _response, next) => {
  if (malformed.has(request)) {
    throw new AppError('invalid_request', 'The request target is neither a path nor a URL.');
  }
  next();
};
