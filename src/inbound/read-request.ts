import type { Request } from 'express';
import { AppError } from '../errors.ts';
import { parseForm, type WebhookRequest } from './webhook-request.ts';

/**
 * Reads one call of the webhook, without trusting it yet.
 *
 * @param request with the raw body in `body`, as `express.raw` leaves it
 * @throws AppError `signature_missing`, or `invalid_request` for JSON that is not an object
 */
export function readWebhookRequest(
  request: Request,
  publicUrl: string | undefined,
): WebhookRequest {
  const url = publicRequestUrl(request, publicUrl);
  const signature = readSignature(request);
  if (request.method === 'GET') {
    const params = parseForm(new URL(request.originalUrl, 'http://localhost').search);
    return { url, signature, params, paramsInUrl: true };
  }
  const text = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
  if (request.is('application/json')) {
    return { url, signature, params: parseJson(text), jsonBody: text, paramsInUrl: false };
  }
  return { url, signature, params: parseForm(text), paramsInUrl: false };
}

/** @throws AppError `signature_missing` */
export function readSignature(request: Request): string {
  const signature = request.get('x-twilio-signature');
  if (signature) return signature;
  throw new AppError(
    'signature_missing',
    'X-Twilio-Signature is missing. Twilio signs every request; to try this URL by hand, use ' +
      '`npm run simulate`.',
  );
}

/**
 * The URL that Twilio called and signed: `PUBLIC_URL` and the path behind it; only where that is
 * unset, what the request and the trusted proxy say.
 */
function publicRequestUrl(request: Request, publicUrl: string | undefined): string {
  return (publicUrl ?? `${request.protocol}://${request.host}`) + request.originalUrl;
}

function parseJson(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_request', 'The body is not valid JSON.', { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new AppError('invalid_request', 'The body must be a JSON object.');
}
