import { createHash } from 'node:crypto';
import { parseForm, type WebhookParams } from '../webhook-request.ts';
import type { NamedUrl, RefusedRequest } from './refused-request.ts';

/** A URL that Twilio may have called, in parts that can be corrected separately. */
export interface UrlVariant {
  /** Scheme, host, port and prefix: the value for `PUBLIC_URL`. */
  base: string;
  path: string;
  /** With its `?`; empty without a query. */
  query: string;
}

const MAX_URLS = 100;

/**
 * The URLs that Twilio may have signed instead: another scheme, host, port, prefix, trailing slash or
 * query. At most 100, those with the fewest differences first; the first is the one that was verified,
 * the second the one in the proxy's headers.
 */
export function urlVariants(request: RefusedRequest): UrlVariant[] {
  const { direct, forwarded, forwardedByRfc } = request;
  const checked = splitChecked(request);
  const named = [direct, forwarded, forwardedByRfc];
  const [path, query] = cut(request.target, '?');
  const schemes = unique([checked.scheme, 'https', 'http']);
  const authorities = unique([
    checked.authority,
    ...named.flatMap(({ authority }) => authority || []),
    ...withPorts([checked.authority, ...named.map(({ authority }) => authority)], forwarded.port),
  ]);
  const prefixes = unique([
    checked.prefix,
    '',
    forwarded.prefix,
    checked.prefix + forwarded.prefix,
    forwarded.prefix + checked.prefix,
  ]);
  const paths = [path, path.endsWith('/') ? path.slice(0, -1) : `${path}/`];
  const queries = unique([query, '', ...otherQueries(request, query)]);

  const variants = schemes.flatMap((scheme, a) =>
    authorities.flatMap((authority, b) =>
      prefixes.flatMap((prefix, c) =>
        paths.flatMap((signedPath, d) =>
          queries.map((signedQuery, e) => ({
            base: `${scheme}://${authority}${prefix}`,
            path: signedPath,
            query: signedQuery,
            differences: [a, b, c, d, e].filter((index) => index > 0).length,
          })),
        ),
      ),
    ),
  );
  const [first, ...others] = variants.sort((a, b) => a.differences - b.differences);
  const byProxy = { base: baseByProxy(forwarded, forwardedByRfc, checked), path, query };
  return [...(first ? [first] : []), byProxy, ...others].slice(0, MAX_URLS);
}

/** The URL with which `request` was verified, in parts. */
export function checkedVariant(request: RefusedRequest): UrlVariant {
  const { scheme, authority, prefix } = splitChecked(request);
  const [path, query] = cut(request.target, '?');
  return { base: `${scheme}://${authority}${prefix}`, path, query };
}

function splitChecked({ webhook, target }: RefusedRequest) {
  const base = webhook.url.slice(0, webhook.url.length - target.length);
  const [, scheme = 'http', authority = '', prefix = ''] =
    /^([a-z]+):\/\/([^/]*)(.*)$/i.exec(base) ?? [];
  return { scheme: scheme.toLowerCase(), authority, prefix };
}

function baseByProxy(a: NamedUrl, b: NamedUrl, checked: ReturnType<typeof splitChecked>): string {
  const scheme = a.scheme || b.scheme || checked.scheme;
  const authority = a.authority || b.authority || checked.authority;
  return `${scheme}://${authority}${a.prefix || checked.prefix}`;
}

/** Each host without its port, and with the ports of the others. */
function withPorts(authorities: string[], forwardedPort: string): string[] {
  const split = authorities.filter((text) => text !== '').map((text) => cut(text, /:\d+$/));
  const ports = unique([...split.map(([, port]) => port), forwardedPort && `:${forwardedPort}`]);
  return split.flatMap(([host]) => ['', ...ports].map((port) => host + port));
}

/** The query in other encodings; for a JSON body, the query with its hash. */
function otherQueries({ webhook }: RefusedRequest, query: string): string[] {
  if (webhook.jsonBody !== undefined) {
    const hash = createHash('sha256').update(webhook.jsonBody).digest('hex');
    return [`${query === '' ? '?' : `${query}&`}bodySHA256=${hash}`];
  }
  if (query === '') return [];
  return [
    query.replaceAll('+', '%20'),
    query.replaceAll('%20', '+'),
    `?${new URLSearchParams(query)}`,
  ];
}

function cut(text: string, at: string | RegExp): [string, string] {
  const index = text.search(typeof at === 'string' ? `\\${at}` : at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index)];
}

function unique(texts: string[]): string[] {
  return [...new Set(texts)];
}

/** Parameters that Twilio may have signed, and how they were changed on the way. */
export interface ParamsVariant {
  params: WebhookParams;
  /** Null for the parameters as received. */
  change: string | null;
}

// Twilio sends these empty when the value is unknown; proxies and frameworks may drop empty parameters.
const PLACES = ['City', 'State', 'Zip', 'Country'];
const OF_SENDER = PLACES.map((place) => `From${place}`);
const OF_RECIPIENT = PLACES.map((place) => `To${place}`);
const OFTEN_EMPTY = [
  OF_RECIPIENT,
  OF_SENDER,
  [...OF_RECIPIENT, ...OF_SENDER],
  ['Body'],
  ['Body', ...OF_RECIPIENT, ...OF_SENDER],
];

/** Parameters of a form as they may have been before a proxy or framework changed them. */
export function paramsVariants({ webhook, body }: RefusedRequest): ParamsVariant[] {
  // Only forms are signed by name and value: a query is signed with the URL, JSON by its hash.
  if (webhook.paramsInUrl || webhook.jsonBody !== undefined) return [{ params: {}, change: null }];
  const { params } = webhook;
  const variants: ParamsVariant[] = [{ params, change: null }];
  const add = (change: string, other: WebhookParams) => variants.push({ params: other, change });
  add('a + became a space', parseForm(body.replaceAll('+', '%2B')));
  add('values were encoded twice', mapText(params, decodeAgain));
  add(
    'white space was added to values',
    mapText(params, (text) => text.trim()),
  );
  for (const ends of [' ', '\n', '\r\n']) {
    add('white space was trimmed from values', bodyWith(params, '', ends));
  }
  add('white space was trimmed from values', bodyWith(params, ' ', ''));
  add(
    'line ends were changed',
    mapText(params, (text) => text.replaceAll('\r\n', '\n')),
  );
  add(
    'line ends were changed',
    mapText(params, (text) => text.replaceAll(/\r?\n/g, '\r\n')),
  );
  for (const names of OFTEN_EMPTY) {
    const empty = Object.fromEntries(names.map((name) => [name, '']));
    add('parameters without a value were dropped', { ...empty, ...params });
  }
  const filled = Object.entries(params).filter(([, value]) => value !== '');
  add('parameters without a value were added', Object.fromEntries(filled));
  return variants;
}

function bodyWith(params: WebhookParams, before: string, behind: string): WebhookParams {
  return { ...params, Body: `${before}${params.Body ?? ''}${behind}` };
}

function mapText(params: WebhookParams, change: (text: string) => string): WebhookParams {
  const entries = Object.entries(params).map(([name, value]) => [
    name,
    typeof value === 'string' ? change(value) : value,
  ]);
  return Object.fromEntries(entries);
}

function decodeAgain(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
