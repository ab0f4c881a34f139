import cors from 'cors';
import { Router } from 'express';

/**
 * Keeps responses of both APIs out of every cache: they contain phone numbers, texts and signed links. Routes
 * that send the bytes of media replace the header with their own.
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

/** Request headers that scripts of other origins may send besides the CORS-safelisted ones. */
const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'If-None-Match',
  'If-Range',
  'Last-Event-ID',
  'Range',
];

/** Response headers that they may read besides the CORS-safelisted ones. */
const RESPONSE_HEADERS = [
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
 * CORS for `/api/v1`: scripts of these origins may call it and read its responses. Without cookies: the API
 * key is sent in a header, so no other page can use it.
 *
 * @param origins exact, as browsers send them in `Origin`; without any, no CORS headers are sent
 */
export function createCrossOrigin(origins: readonly string[]): Router {
  const router = Router();
  if (origins.length === 0) return router;
  const answer = cors({
    origin: [...origins],
    methods: METHODS,
    allowedHeaders: REQUEST_HEADERS,
    exposedHeaders: RESPONSE_HEADERS,
    maxAge: PREFLIGHT_SECONDS,
  });
  router.use('/api/v1', (request, response, next) => {
    const isPreflight =
      origins.includes(request.get('origin') ?? '') &&
      request.get('access-control-request-method') !== undefined;
    // An OPTIONS request that is no preflight is left to the route, which answers 405.
    if (request.method !== 'OPTIONS' || isPreflight) return answer(request, response, next);
    response.vary('Origin');
    next();
  });
  return router;
}
