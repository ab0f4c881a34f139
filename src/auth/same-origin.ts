import type { Request } from 'express';
import { AppError } from '../errors/app-error.ts';

/**
 * Where a request comes from, as its browser says: a page of this server, a page of another origin, or unknown
 * (programs that are no browsers, and what a user opens by hand).
 */
type Initiator = 'own' | 'other' | 'unknown';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Browsers send `Sec-Fetch-Site` with every request to https and to this machine
 * (https://www.w3.org/TR/fetch-metadata/), and `Origin` with every one that may change something
 * (https://fetch.spec.whatwg.org/#origin-header). Pages cannot set either.
 *
 * @param publicUrl of the configuration
 */
function initiatorOf(request: Request, publicUrl: string | undefined): Initiator {
  const site = request.get('sec-fetch-site');
  if (site === 'same-origin') return 'own';
  if (site !== undefined) return site === 'none' ? 'unknown' : 'other';
  const origin = request.get('origin');
  if (origin === undefined) return 'unknown';
  return ownOrigins(request, publicUrl).includes(origin) ? 'own' : 'other';
}

/** The origins of this server: as configured, and as the browser or a trusted proxy called it. */
function ownOrigins(request: Request, publicUrl: string | undefined): (string | undefined)[] {
  const called = `${request.protocol}://${request.host ?? ''}`;
  return [publicUrl ?? called, called].map((url) => URL.parse(url)?.origin);
}

/**
 * Refuses what a page of another origin requests with the credentials that a browser adds by itself: a cookie,
 * or the user that a sign-in proxy names. What changes something must come from a page of this server.
 *
 * @throws AppError `cross_origin`
 */
export function requireOwnOrigin(request: Request, publicUrl: string | undefined): void {
  const initiator = initiatorOf(request, publicUrl);
  if (initiator === 'own') return;
  if (initiator === 'unknown' && SAFE_METHODS.has(request.method)) return;
  throw crossOrigin();
}

/**
 * Refuses what a browser sends for a page of another origin.
 *
 * @throws AppError `cross_origin`
 */
export function refuseOtherOrigin(request: Request, publicUrl: string | undefined): void {
  if (initiatorOf(request, publicUrl) === 'other') throw crossOrigin();
}

function crossOrigin(): AppError {
  return new AppError(
    'cross_origin',
    'A session is for pages of this server: send `Sec-Fetch-Site: same-origin` or its `Origin`, as browsers ' +
      'do, or use a key.',
  );
}
