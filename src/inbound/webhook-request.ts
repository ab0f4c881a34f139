import type { Request } from 'express';
import { isJsonObject } from '../database/json-object.ts';
import { AppError } from '../errors/app-error.ts';
import { commandLine } from '../lifecycle/command-line.ts';

/** Parameters as received: repeated ones are lists, JSON bodies may nest. */
export type WebhookParams = Record<string, unknown>;

/** One call of the webhook, before its signature is verified. */
export interface WebhookRequest {
  /** The URL that Twilio called, as Twilio knows it. */
  url: string;
  /** The value of `X-Twilio-Signature`. */
  signature: string;
  params: WebhookParams;
  /** The raw body if it is JSON: its hash is signed instead of its parameters. */
  jsonBody?: string;
  /** True when the parameters are part of the URL (GET). */
  paramsInUrl: boolean;
}

/**
 * Decodes `application/x-www-form-urlencoded` text. Invalid UTF-8 becomes U+FFFD, repeated
 * parameters become lists, in their order.
 */
export function parseForm(text: string): WebhookParams {
  const params: WebhookParams = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    const known = params[name];
    if (known === undefined) params[name] = value;
    else if (Array.isArray(known)) known.push(value);
    else params[name] = [known, value];
  }
  return params;
}

/** The first value of a parameter as text; empty when it is missing or nested. */
export function textParam(params: WebhookParams, name: string): string {
  const value = params[name];
  const first = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'string') return first;
  return typeof first === 'number' || typeof first === 'boolean' ? String(first) : '';
}

/**
 * Parameters of one request, in URL and body together. Twilio sends some thirty, and two for each of ten
 * attachments. Sorting and signing thousands is slow, and has to be done before the caller is verified.
 */
const MAX_PARAMETERS = 250;

/**
 * Reads one call of the webhook, without trusting it yet.
 *
 * @param request with the raw body in `body`, as `express.raw` leaves it
 * @throws AppError `signature_missing`, `too_many_parameters`, or `invalid_request` for JSON that is not
 *   an object
 */
export function readWebhookRequest(
  request: Request,
  publicUrl: string | undefined,
): WebhookRequest {
  const url = publicRequestUrl(request, publicUrl);
  const signature = readSignature(request);
  const query = queryOf(request.originalUrl);
  if (request.method === 'GET') {
    requireFewParameters(countPairs(query));
    return { url, signature, params: parseForm(query), paramsInUrl: true };
  }
  const text = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
  if (request.is('application/json')) {
    requireFewParameters(countPairs(query));
    const params = parseJson(text);
    requireFewParameters(Object.keys(params).length);
    return { url, signature, params, jsonBody: text, paramsInUrl: false };
  }
  requireFewParameters(countPairs(query) + countPairs(text));
  return { url, signature, params: parseForm(text), paramsInUrl: false };
}

/** @throws AppError `signature_missing` */
export function readSignature(request: Request): string {
  const signature = request.get('x-twilio-signature');
  if (signature) return signature;
  throw new AppError(
    'signature_missing',
    'X-Twilio-Signature is missing. Twilio signs every request; to try this URL by hand, use ' +
      `\`${commandLine('simulate')}\`.`,
  );
}

/**
 * The URL that Twilio called and signed: `PUBLIC_URL` followed by the path; if that is unset, the origin
 * that the request and the trusted proxy report.
 */
function publicRequestUrl(request: Request, publicUrl: string | undefined): string {
  return (publicUrl ?? `${request.protocol}://${request.host}`) + request.originalUrl;
}

/** The query after the `?` of a request target, which need not be valid for `new URL()`. */
function queryOf(target: string): string {
  const [, query = ''] = /^[^?#]*\?([^#]*)/.exec(target) ?? [];
  return query;
}

/** Stops counting just above the limit, so that refusing a huge query costs nothing. */
function countPairs(text: string): number {
  if (text === '') return 0;
  let count = 1;
  for (let at = text.indexOf('&'); at >= 0 && count <= MAX_PARAMETERS; count += 1) {
    at = text.indexOf('&', at + 1);
  }
  return count;
}

function requireFewParameters(count: number): void {
  if (count <= MAX_PARAMETERS) return;
  throw new AppError(
    'too_many_parameters',
    `A webhook may have at most ${MAX_PARAMETERS} parameters; Twilio sends far fewer.`,
  );
}

function parseJson(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_request', 'The body is not valid JSON.', { cause });
  }
  if (isJsonObject(value)) return value;
  throw new AppError('invalid_request', 'The body must be a JSON object.');
}
