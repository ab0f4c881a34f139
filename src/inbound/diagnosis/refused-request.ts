import type { Request } from 'express';
import type { WebhookRequest } from '../webhook-request.ts';

/** What the headers say of the URL that was called: empty where they say nothing, or nonsense. */
export interface NamedUrl {
  scheme: string;
  /** `host` or `host:port`. */
  authority: string;
  port: string;
  /** A path that a proxy took away, without a slash at its end. */
  prefix: string;
}

/** A request whose signature did not match, with all that may explain it. */
export interface RefusedRequest {
  /** As it was checked. */
  webhook: WebhookRequest;
  publicUrl: string | undefined;
  /** Path and query as they were received. */
  target: string;
  /** The body as it was received; empty for GET. */
  body: string;
  /** By the connection and the `Host` header. */
  direct: NamedUrl;
  /** By `X-Forwarded-*`. */
  forwarded: NamedUrl;
  /** By `Forwarded` (RFC 7239). */
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

/** Keeps what is well-formed: anybody may have written it. */
function namedUrl(said: Partial<NamedUrl>): NamedUrl {
  // Long ones first: to look for slashes at the end of thousands takes seconds.
  const kept = (text: string | undefined, shape: RegExp) =>
    text !== undefined && text.length < 256 && shape.test(text) ? text : '';
  return {
    scheme: kept(said.scheme?.toLowerCase(), /^https?$/),
    authority: kept(said.authority, /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i),
    port: kept(said.port, /^\d{1,5}$/),
    prefix: kept(said.prefix, /^(\/[\w.~-]+)+\/*$/).replace(/\/+$/, ''),
  };
}
