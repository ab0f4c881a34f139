import { createHash, createHmac } from 'node:crypto';
import { parse, stringify } from 'node:querystring';
import { equalInConstantTime } from '../auth/equal-in-constant-time.ts';
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
  const { url, jsonBody, signature } = request;
  // Without PUBLIC_URL the host comes from the caller, and need not be valid.
  if (tokens.length === 0 || signature.length !== SIGNATURE_LENGTH || !URL.canParse(url)) return -1;
  const { asReceived, normalized } = signedUrls(url);
  const params = Buffer.from(signedParams(request));
  const isSignedWith = (token: string) => (candidate: string) => {
    const hmac = createHmac('sha1', token).update(candidate).update(params);
    return equalInConstantTime(signature, hmac.digest('base64'));
  };
  const position = tokens.findIndex(
    (token) => asReceived.some(isSignedWith(token)) || normalized().some(isSignedWith(token)),
  );
  if (position < 0 || jsonBody === undefined) return position;
  return isHashOf(new URL(url).searchParams.get('bodySHA256') ?? '', jsonBody) ? position : -1;
}

// The base64 of 20 bytes.
const SIGNATURE_LENGTH = 28;

/** The signed text after the URL: the names and values of a form; otherwise empty. */
function signedParams(request: WebhookRequest): string {
  return isForm(request) ? joinParams(request.params) : '';
}

/** Whether the parameters are signed by name and value. */
export function isForm({ jsonBody, paramsInUrl }: WebhookRequest): boolean {
  return !paramsInUrl && jsonBody === undefined;
}

/** Names and values without separators, as they are signed. */
export function joinParams(params: WebhookParams): string {
  return signedPairs(params).flat().join('');
}

/** Names and values in signature order: sorted by name; values of a repeated name deduplicated and sorted. */
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
  return equalInConstantTime(given, createHash('sha256').update(body).digest('hex'));
}

/** The URLs whose signature is accepted for a request, each once. */
interface SignedUrls {
  /** As received, without and with a port: the forms that Twilio signs. */
  asReceived: string[];
  /** As `new URL()` writes it, for back ends that sign an escaped form: tried only when the others fail. */
  normalized(): string[];
}

/**
 * The variants of a URL that twilio-node's `validateRequest` tries.
 *
 * @param url absolute, and valid for `new URL()`
 */
export function signedUrls(url: string): SignedUrls {
  const asReceived = [...new Set([withoutPort(url), withPort(url)])];
  let rest: string[] | undefined;
  return {
    asReceived,
    normalized() {
      rest ??= normalizedUrls(url).filter((one) => !asReceived.includes(one));
      return rest;
    },
  };
}

function normalizedUrls(url: string): string[] {
  const normalized = new URL(url).toString();
  const both = [withoutPort(normalized), withPort(normalized)];
  return [...new Set([...both, ...both.map(withLegacyQuery)])];
}

/** Splits without changing a character: `new URL()` would normalize some. */
function splitUrl(url: string) {
  const [prefix, scheme = '', authority = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)/i.exec(url) ?? [];
  if (prefix === undefined) return null;
  const userInfoEnd = authority.lastIndexOf('@') + 1;
  const hostAndPort = authority.slice(userInfoEnd);
  // An IPv6 address contains colons, too.
  const portStart = hostAndPort.indexOf(':', hostAndPort.lastIndexOf(']') + 1);
  return {
    scheme,
    userInfo: authority.slice(0, userInfoEnd),
    host: portStart < 0 ? hostAndPort : hostAndPort.slice(0, portStart),
    port: portStart < 0 ? '' : hostAndPort.slice(portStart),
    rest: url.slice(prefix.length),
  };
}

function withoutPort(url: string): string {
  const parts = splitUrl(url);
  return parts === null ? url : parts.scheme + parts.userInfo + parts.host + parts.rest;
}

function withPort(url: string): string {
  const parts = splitUrl(url);
  if (parts === null || parts.port !== '') return url;
  const port = parts.scheme.toLowerCase() === 'https://' ? ':443' : ':80';
  return parts.scheme + parts.userInfo + parts.host + port + parts.rest;
}

/** The URL with its query as Node's `querystring` writes it: `%27` for `'`, for example. */
function withLegacyQuery(url: string): string {
  const start = url.indexOf('?');
  if (start < 0 || start === url.length - 1) return url;
  return `${url.slice(0, start)}?${stringify(parse(url.slice(start + 1)))}`;
}
