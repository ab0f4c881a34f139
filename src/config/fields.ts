import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { codeOf } from '../errors/caught.ts';
import { createRedirectPolicy } from '../media/download/redirect-hosts.ts';
import { parseRetentionRules, RETENTION_STATES } from '../moderation/retention/retention-rules.ts';
import { isAddressOrSubnet } from '../net/address-list.ts';
import { isLoopbackHost, parseHostEntry } from '../net/host-port.ts';
import { parseClamdUrl } from '../screening/clamd.ts';
import { ACCOUNT_SID } from '../twilio/sids.ts';
import { parseAccountToken, parseTokensFile, TokensFileError } from '../twilio/tokens.ts';

// The schemas of the variables. Each message says what the variable needs.

export const accountSid = z.string().regex(ACCOUNT_SID, 'AC and 32 hexadecimal digits');
export const secret = z.string().regex(/^\S+$/, 'a value without white space');
const PORT_RANGE = 'a port from 0 to 65535';
export const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'a postgres:// URL' });

export const port = z.coerce
  .number(PORT_RANGE)
  .int(PORT_RANGE)
  .min(0, PORT_RANGE)
  .max(65_535, PORT_RANGE);
const CONCURRENCY = 'a whole number from 1 to 64';
export const concurrency = z.coerce
  .number(CONCURRENCY)
  .int(CONCURRENCY)
  .min(1, CONCURRENCY)
  .max(64, CONCURRENCY);
const HOURS = 'a number of hours from 0 to 336 (14 days)';
export const hours = z.coerce.number(HOURS).min(0, HOURS).max(336, HOURS);
const TTL = 'a number of hours above 0, at most 720 (30 days)';
export const ttlHours = z.coerce.number(TTL).positive(TTL).max(720, TTL);
const MINUTES = 'a whole number of minutes from 0 (off) to 1440 (a day)';
export const minutes = z.coerce.number(MINUTES).int(MINUTES).min(0, MINUTES).max(1440, MINUTES);
const SECONDS = 'a number of seconds from 0.1 to 120';
export const timeoutSeconds = z.coerce.number(SECONDS).min(0.1, SECONDS).max(120, SECONDS);
const CLAIM = 'a whole number of seconds from 1 to 3600';
export const claimSeconds = z.coerce.number(CLAIM).int(CLAIM).min(1, CLAIM).max(3600, CLAIM);
const BYTES = 'a whole number of bytes above 0';
export const bytes = z.coerce.number(BYTES).int(BYTES).positive(BYTES);

export function oneOf<const T extends string>(...values: T[]) {
  return z.enum(values, { error: `one of ${values.join(', ')}` });
}

export const baseUrl = z
  .url({ protocol: /^https?$/, error: 'an absolute http:// or https:// URL' })
  .refine((url) => !/[?#@]/.test(url), 'no query, fragment or user')
  .transform((url) => url.replace(/\/+$/, ''));

// Requests there carry credentials: plain http is allowed on this machine only.
export const apiBaseUrl = baseUrl.refine(
  (url) => /^https:/i.test(url) || isLoopbackHost(URL.parse(url)?.hostname ?? ''),
  'https://, but for a simulator on this machine (http://127.0.0.1:4010)',
);

/** A service that the operator runs: any host is allowed, also this machine. */
export const serviceUrl = z
  .url({ protocol: /^https?$/, error: 'an absolute http:// or https:// URL' })
  .refine((url) => !/#|\/\/[^/?]*@/.test(url), 'no fragment or user');

/** The classifier: a service, or ClamAV's clamd. */
export const scanUrl = z.union(
  [serviceUrl, z.string().refine((url) => parseClamdUrl(url) !== null)],
  'an absolute http:// or https:// URL, clamd://host, clamd://host:port or clamd:///path/of/the/socket; ' +
    'no fragment or user, and no query with clamd://',
);

/** Without a path it gets the one that servers of this kind have. */
export const transcribeUrl = serviceUrl.transform((text) => {
  const url = new URL(text);
  if (url.pathname === '/') url.pathname = '/v1/audio/transcriptions';
  return url.href;
});
const LANGUAGE = 'a language as two letters (ISO 639-1), such as de';
export const language = z.string().regex(/^[a-z]{2}$/, LANGUAGE);
const MODEL = 'the name of a model, of at most 200 ASCII characters without white space';
export const model = z.string().regex(/^[\x21-\x7e]{1,200}$/, MODEL);
const UP_TO_AN_HOUR = 'a number of seconds from 0.1 to 3600';
export const longTimeoutSeconds = z.coerce
  .number(UP_TO_AN_HOUR)
  .min(0.1, UP_TO_AN_HOUR)
  .max(3600, UP_TO_AN_HOUR);
const SOUND = 'a whole number of seconds from 1 to 7200';
export const soundSeconds = z.coerce.number(SOUND).int(SOUND).min(1, SOUND).max(7200, SOUND);

export const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

export const redirectHosts = commaList.superRefine((entries, context) => {
  try {
    createRedirectPolicy(entries, 'https://api.twilio.com');
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'hosts, host:port pairs or wildcards like *.example.com, separated by commas',
    });
  }
});

/** `host:port` pairs in the format of `hostPort`. */
export const eventHosts = commaList.transform((entries, context) => {
  const hosts = entries.map(parseHostEntry);
  if (hosts.every((host) => host !== null && host.port !== null)) {
    return new Set(hosts.map((host) => `${host?.hostname}:${host?.port}`));
  }
  context.addIssue({ code: 'custom', message: 'host:port pairs, separated by commas' });
  return z.NEVER;
});

const ORIGINS =
  'exact origins such as https://tool.example.com, separated by commas: no wildcard, no path, no slash';
export const origins = commaList.pipe(z.array(z.string().refine(isOrigin, ORIGINS)));

/** The form that browsers send in `Origin`: lower case, without the default port of the scheme. */
function isOrigin(text: string): boolean {
  return /^https?:[^*]+$/.test(text) && URL.parse(text)?.origin === text;
}

const HEADER = 'the name of a header that only the proxy sets, such as X-Forwarded-User';
/** Headers that clients send for purposes of their own. */
const OTHER_HEADERS =
  /^(?:authorization|cookie|host|origin|user-agent|sec-.*|x-forwarded-(?:for|host|proto))$/i;
export const proxyHeader = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,100}$/, HEADER)
  .refine((name) => !OTHER_HEADERS.test(name), HEADER);

const ADDRESSES = 'addresses or subnets such as 127.0.0.1,10.0.0.0/24, separated by commas';
export const addresses = commaList.pipe(
  z.array(z.string().refine(isAddressOrSubnet, ADDRESSES)).min(1, ADDRESSES),
);

const PAUSES = 'whole numbers of seconds from 1 to 86400, separated by commas, at most 20';
export const pauses = commaList
  .transform((items) => items.map(Number))
  .pipe(z.array(z.int(PAUSES).min(1, PAUSES).max(86_400, PAUSES)).min(1, PAUSES).max(20, PAUSES));

const RETENTION = `days for ${RETENTION_STATES.join(', ')}, such as visible:365,failed:30, or a number for all`;
export const retention = commaList.transform((items, context) => {
  const rules = parseRetentionRules(items);
  if (rules !== null) return rules;
  context.addIssue({ code: 'custom', message: RETENTION });
  return z.NEVER;
});

export const accountTokens = commaList.transform((items, context) =>
  items.map((item) => {
    const pair = parseAccountToken(item);
    if (pair !== null) return pair;
    context.addIssue({ code: 'custom', message: 'ACsid:token pairs, separated by commas' });
    return z.NEVER;
  }),
);

/** The path of a file of `ACsid:token` lines, with what is in it now. */
export const tokensFile = z.string().transform((text, context) => {
  const path = resolve(text);
  try {
    return { path, tokens: parseTokensFile(readFileSync(path, 'utf8')) };
  } catch (error) {
    // The message of a system error quotes the path, which may be a token set in the wrong variable.
    const code = codeOf(error);
    const problem =
      error instanceof TokensFileError ? error.message : `it cannot be read (${code})`;
    context.addIssue({ code: 'custom', message: `a file of ACsid:token lines; ${problem}` });
    return z.NEVER;
  }
});

export const trustProxy = z.string().transform((text, context) => {
  if (/^(off|false|no|0)$/i.test(text)) return false;
  if (/^(on|true|yes)$/i.test(text)) return true;
  if (/^\d+$/.test(text)) return Number(text);
  const proxies = text.split(',').map((item) => item.trim());
  if (proxies.every(isProxy)) return proxies;
  context.addIssue({
    code: 'custom',
    message:
      'on, off, a number of proxies, or addresses, subnets, loopback, linklocal, uniquelocal',
  });
  return z.NEVER;
});

function isProxy(text: string): boolean {
  const named = /^(loopback|linklocal|uniquelocal)$/.test(text);
  return named || ipaddr.isValid(text) || ipaddr.isValidCIDR(text);
}

/** A secret that callers send as `Authorization: Bearer`. */
export const bearerSecret = z
  .string()
  .regex(/^[\x21-\x7e]{8,}$/, 'at least 8 ASCII characters without white space');

export const flag = z
  .enum(['true', 'false'], { error: 'true or false' })
  .transform((text) => text === 'true');

export const roles = commaList.pipe(
  z.array(oneOf('receiver', 'worker')).min(1, 'at least one of receiver, worker'),
);
