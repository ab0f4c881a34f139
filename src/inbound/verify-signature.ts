import { validateRequest, validateRequestWithBody } from 'twilio/lib/webhooks/webhooks.js';
import type { WebhookRequest } from './webhook-request.ts';

/**
 * Whether Twilio signed this request with one of the tokens.
 *
 * Form parameters are signed by name and value, parameters in the URL with the URL, a JSON body by
 * the hash in `bodySHA256` [Twilio: usage/webhooks, security].
 *
 * @returns the position of the token that matches, -1 when none does
 */
export function findSigningToken(request: WebhookRequest, tokens: readonly string[]): number {
  const { signature, url, jsonBody } = request;
  // Without PUBLIC_URL the host is the caller's word, and twilio-node throws on what is no URL.
  if (!URL.canParse(url)) return -1;
  return tokens.findIndex((token) =>
    jsonBody === undefined
      ? validateRequest(token, signature, url, request.paramsInUrl ? {} : request.params)
      : validateRequestWithBody(token, signature, url, jsonBody),
  );
}
