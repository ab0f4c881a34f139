import type { Request } from 'express';
import type { WebhookRequest } from '../webhook-request.ts';

/** The called URL according to headers; parts that are missing or malformed are empty. */
export interface NamedUrl {
  scheme: string;
  /** `host` or `host:port`. */
  authority: string;
  port: string;
  /** A path prefix that a proxy removed, without a trailing slash. */
  prefix: string;
}

/** A request whose signature did not match, with everything that may explain why. */
export interface RefusedRequest {
  /** As it was verified. */
  webhook: WebhookRequest;
  publicUrl: string | undefined;
  /** Path and query as received. */
  target: string;
  /** The body as received; empty for GET. */
  body: string;
  /** From the connection and the `Host` header. */
  direct: NamedUrl;
  /** From `X-Forwarded-*`. */
  forwarded: NamedUrl;
  /** From `Forwarded` (RFC 7239). */
  forwardedByRfc: NamedUrl;
}

/** @param request with the raw body in `body`, as `express.raw` leaves it */
export function readRefusedRequest(
  request: Request,
  webhook: WebhookRequest,
  publicUrl: string | undefined,
): RefusedRequest {
  const header = (name: string) => (request.get(name) ?? '').split(',')[0]?.trim() ?? '';
  const rfc = header('forwarded');
  return {
    webhook,
    publicUrl,
    target: request.originalUrl,
    body: Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '',
    direct: namedUrl({ scheme: request.protocol, authority: header('host') }),
    forwarded: namedUrl({
      scheme: header('x-forwarded-proto'),
      authority: header('x-forwarded-host'),
      port: header('x-forwarded-port'),
      prefix: header('x-forwarded-prefix'),
    }),
    forwardedByRfc: namedUrl({
      scheme: /(?:^|;)\s*proto="?([a-z]+)/i.exec(rfc)?.[1] ?? '',
      authority: /(?:^|;)\s*host="?([^";\s]+)/i.exec(rfc)?.[1] ?? '',
    }),
  };
}

/** Keeps only well-formed parts: any caller can set these headers. */
function namedUrl(given: Partial<NamedUrl>): NamedUrl {
  // The length is checked first: matching the trailing slashes of thousands takes seconds.
  const kept = (text: string | undefined, shape: RegExp) =>
    text !== undefined && text.length < 256 && shape.test(text) ? text : '';
  return {
    scheme: kept(given.scheme?.toLowerCase(), /^https?$/),
    authority: kept(given.authority, /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i),
    port: kept(given.port, /^\d{1,5}$/),
    prefix: kept(given.prefix, /^(\/[\w.~-]+)+\/*$/).replace(/\/+$/, ''),
  };
}
