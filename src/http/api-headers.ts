import cors from 'cors';
import { Router } from 'express';

/**
 * Keeps answers under both APIs out of every cache: they hold phone numbers, texts and signed links. The
 * bytes of media, which say themselves how they may be kept, replace it.
 */
export function createNoStore(): Router {
  const router = Router();
  router.use(['/api/v1', '/2010-04-01'], (_request, response, next) => {
    response.set('Cache-Control', 'private, no-store');
    next();
  });
  return router;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** What scripts of other origins may send besides what they always may. */
const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'If-None-Match',
  'If-Range',
  'Last-Event-ID',
  'Range',
];

/** What they may read besides what they always may. */
const ANSWER_HEADERS = [
  'Accept-Ranges',
  'Allow',
  'Content-Disposition',
  'Content-Range',
  'ETag',
  'Location',
  'Retry-After',
  'WWW-Authenticate',
  'X-Media-Bytes',
  'X-Message-Count',
  'X-Request-Id',
];

const PREFLIGHT_SECONDS = 600;

/**
 * CORS for `/api/v1`: scripts of these origins may call it and read its answers. Without cookies: a key is
 * in a header, so no other page can use it.
 *
 * @param origins exact, as browsers send them in `Origin`; none: nothing of CORS is answered
 */
export function createCrossOrigin(origins: readonly string[]): Router {
  const router = Router();
  if (origins.length === 0) return router;
  const answer = cors({
    origin: [...origins],
    methods: METHODS,
    allowedHeaders: REQUEST_HEADERS,
    exposedHeaders: ANSWER_HEADERS,
    maxAge: PREFLIGHT_SECONDS,
  });
  router.use('/api/v1', (request, response, next) => {
    const isPreflight =
      origins.includes(request.get('origin') ?? '') &&
      request.get('access-control-request-method') !== undefined;
    // Any other OPTIONS is a method like those that a route does not have.
    if (request.method !== 'OPTIONS' || isPreflight) return answer(request, response, next);
    response.vary('Origin');
    next();
  });
  return router;
}
