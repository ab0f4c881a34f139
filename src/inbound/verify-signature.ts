import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { signedUrls } from './signed-urls.ts';
import type { WebhookParams, WebhookRequest } from './webhook-request.ts';

/**
 * Whether Twilio signed this request with one of the tokens. Decides as twilio-node's `validateRequest` and
 * `validateRequestWithBody` do, which sort and join all parameters again for every URL and token; here
 * that is done once.
 *
 * Form parameters are signed by name and value, parameters in the URL with the URL, a JSON body by
 * the hash in `bodySHA256` [Twilio: usage/webhooks, security].
 *
 * @returns the position of the token that matches, -1 when none does
 */
export function findSigningToken(request: WebhookRequest, tokens: readonly string[]): number {
  const { url, jsonBody } = request;
  const signature = Buffer.from(request.signature);
  // Without PUBLIC_URL the host is the caller's word, and may be no host at all.
  if (tokens.length === 0 || signature.length !== SIGNATURE_LENGTH || !URL.canParse(url)) return -1;
  const { asReceived, normalized } = signedUrls(url);
  const params = Buffer.from(signedParams(request));
  const isSignedWith = (token: string) => (candidate: string) => {
    const hmac = createHmac('sha1', token).update(candidate).update(params);
    return timingSafeEqual(signature, Buffer.from(hmac.digest('base64')));
  };
  const position = tokens.findIndex(
    (token) => asReceived.some(isSignedWith(token)) || normalized().some(isSignedWith(token)),
  );
  if (position < 0 || jsonBody === undefined) return position;
  return isHashOf(new URL(url).searchParams.get('bodySHA256') ?? '', jsonBody) ? position : -1;
}

// The base64 of 20 bytes.
const SIGNATURE_LENGTH = 28;

/** The text that is signed behind the URL: of a form, its names and values; else nothing. */
function signedParams(request: WebhookRequest): string {
  return isForm(request) ? joinParams(request.params) : '';
}

/** Whether the parameters are signed by name and value. */
export function isForm({ jsonBody, paramsInUrl }: WebhookRequest): boolean {
  return !paramsInUrl && jsonBody === undefined;
}

/** Names and values without anything between them, as they are signed. */
export function joinParams(params: WebhookParams): string {
  return signedPairs(params).flat().join('');
}

/** Names and values in the order of the signature: names sorted, each value of a repeated one once, sorted. */
export function signedPairs(params: WebhookParams): [name: string, value: string][] {
  return Object.keys(params)
    .sort()
    .flatMap((name) => {
      const value = params[name];
      const values = Array.isArray(value) ? [...new Set(value)].sort() : [value];
      return values.map((one): [string, string] => [name, String(one)]);
    });
}

function isHashOf(given: string, body: string): boolean {
  const expected = Buffer.from(createHash('sha256').update(body).digest('hex'));
  const hash = Buffer.from(given);
  return hash.length === expected.length && timingSafeEqual(hash, expected);
}
