import cors from 'cors';
import { type RequestHandler, type Response, Router } from 'express';
import { AppError } from '../errors/app-error.ts';

declare global {
  namespace Express {
    interface Locals {
      /** Set by `createBaseUrl`. */
      baseUrl?: string;
    }
  }
}

/**
 * Notes the address of this server as the caller reaches it, for the links of answers.
 *
 * @param publicUrl of the configuration; without it, as the request came
 */
export function createBaseUrl(publicUrl: string | undefined): RequestHandler {
  return (request, response, next) => {
    response.locals.baseUrl = publicUrl ?? `${request.protocol}://${request.host ?? ''}`;
    next();
  };
}

/**
 * @throws Error on a route without `createBaseUrl`
 * @throws AppError `invalid_request` when the address is not known: a request without a valid `Host`
 */
export function baseUrlOf(response: Response): string {
  const { baseUrl } = response.locals;
  if (baseUrl === undefined) throw new Error('This route has no createBaseUrl');
  if (URL.canParse(baseUrl)) return baseUrl;
  throw new AppError('invalid_request', 'The Host header is missing or not valid.');
}

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
  'Idempotency-Key',
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
  'Idempotency-Replayed',
  'Link',
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
