import { createHash, randomUUID } from 'node:crypto';
import twilio from 'twilio';

type WebhookParams = Record<string, string | string[]>;

/** How to send the webhook of a message. */
export interface WebhookOptions {
  /** The webhook URL as configured at Twilio; user information and fragment are not part of the request. */
  url: string;
  /** The URL that is signed, if it differs, as behind a wrongly configured proxy. */
  signedUrl?: string;
  /** Default POST. GET carries the parameters in the query. */
  method?: 'POST' | 'GET';
  /** Default form. JSON is signed by the hash of its body, and sent by POST only. */
  encoding?: 'form' | 'json';
  /** Default valid. */
  signature?: 'valid' | 'wrong' | 'missing';
  /** Parameters that override or add to those of the message. */
  params?: WebhookParams;
  /** Default a new token; Twilio sends the same one when it retries. */
  idempotencyToken?: string;
}

/** An HTTP request that is ready to send. */
export interface WebhookRequest {
  url: string;
  method: 'POST' | 'GET';
  headers: Record<string, string>;
  body: string | null;
}

/**
 * Builds and signs the request that Twilio sends for a message.
 * Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security
 *
 * @throws TypeError for JSON by GET, which Twilio does not send, and for a malformed URL
 */
export function buildWebhookRequest(
  messageParams: Readonly<Record<string, string>>,
  authToken: string,
  options: WebhookOptions,
): WebhookRequest {
  const method = options.method ?? 'POST';
  const json = options.encoding === 'json';
  if (json && method === 'GET') throw new TypeError('Twilio sends JSON by POST only');

  const params: WebhookParams = { ...messageParams, ...options.params };
  const form = encodeForm(params);
  const body = method === 'GET' ? null : json ? JSON.stringify(params) : form;
  const query = method === 'GET' ? form : json ? `bodySHA256=${sha256(body ?? '')}` : '';

  const url = withQuery(withoutUserInfo(options.url), query);
  const signedUrl = withQuery(withoutUserInfo(options.signedUrl ?? options.url), query);
  // Parameters that are in the URL, or covered by the body hash in it, are not signed again.
  const signedParams = method === 'GET' || json ? {} : params;
  const key = options.signature === 'wrong' ? `not ${authToken}` : authToken;

  const headers: Record<string, string> = {
    Accept: '*/*',
    'User-Agent': 'TwilioProxy/1.1',
    'I-Twilio-Idempotency-Token': options.idempotencyToken ?? randomUUID(),
    ...basicAuthorization(options.url),
  };
  if (method === 'POST') {
    headers['Content-Type'] = json
      ? 'application/json'
      : 'application/x-www-form-urlencoded; charset=utf-8';
  }
  if (options.signature !== 'missing') {
    headers['X-Twilio-Signature'] = twilio.getExpectedTwilioSignature(key, signedUrl, signedParams);
  }
  return { url, method, headers, body };
}

function encodeForm(params: WebhookParams): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const single of [value].flat()) form.append(name, single);
  }
  return form.toString();
}

/** Edits the string: `new URL` would normalise characters, and the URL is signed as configured. */
function withoutUserInfo(url: string): string {
  return url.replace(/#.*$/s, '').replace(/^([a-z]+:\/\/)[^/?#]*@/i, '$1');
}

function withQuery(url: string, query: string): string {
  if (query === '') return url;
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

function basicAuthorization(url: string): Record<string, string> {
  const { username, password } = new URL(url);
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
