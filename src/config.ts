import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { describeVariable } from './config-report.ts';
import { isLoopbackHost } from './media/download/host-port.ts';
import { createRedirectPolicy, DEFAULT_REDIRECT_HOSTS } from './media/download/redirect-hosts.ts';

const accountSid = z.string().regex(/^AC[0-9a-fA-F]{32}$/, 'AC and 32 hexadecimal digits');
const secret = z.string().regex(/^\S+$/, 'a value without white space');
const PORT_RANGE = 'a port from 0 to 65535';
const port = z.coerce.number(PORT_RANGE).int(PORT_RANGE).min(0, PORT_RANGE).max(65_535, PORT_RANGE);
const BYTES = 'a whole number of bytes above 0';
const bytes = z.coerce.number(BYTES).int(BYTES).positive(BYTES);

function oneOf<const T extends string>(...values: T[]) {
  return z.enum(values, { error: `one of ${values.join(', ')}` });
}

const baseUrl = z
  .url({ protocol: /^https?$/, error: 'an absolute http:// or https:// URL' })
  .refine((url) => !/[?#@]/.test(url), 'no query, fragment or user')
  .transform((url) => url.replace(/\/+$/, ''));

// Credentials go there, so clear text stays on this machine.
const apiBaseUrl = baseUrl.refine(
  (url) => /^https:/i.test(url) || isLoopbackHost(URL.parse(url)?.hostname ?? ''),
  'https://, but for a simulator on this machine (http://127.0.0.1:4010)',
);

const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const redirectHosts = commaList.superRefine((entries, context) => {
  try {
    createRedirectPolicy(entries, 'https://api.twilio.com');
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'hosts, host:port pairs or wildcards like *.example.com, separated by commas',
    });
  }
});

const accountTokens = commaList.transform((items, context) =>
  items.map((item) => {
    const [sid, ...rest] = item.split(':');
    const pair = z.object({ accountSid, authToken: secret });
    const parsed = pair.safeParse({ accountSid: sid, authToken: rest.join(':') });
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: 'ACsid:token pairs, separated by commas' });
    return z.NEVER;
  }),
);

const trustProxy = z.string().transform((text, context) => {
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

const flag = z
  .enum(['true', 'false'], { error: 'true or false' })
  .transform((text) => text === 'true');

const roles = commaList.pipe(
  z.array(oneOf('receiver', 'worker')).min(1, 'at least one of receiver, worker'),
);

const blobStoreUrl = z
  .string()
  .regex(/^file:\/\/\//, 'a file:///absolute/folder URL (s3:// is planned, not there yet)')
  .transform((url, context) => {
    try {
      return fileURLToPath(url);
    } catch {
      context.addIssue({ code: 'custom', message: 'a file:///absolute/folder URL' });
      return z.NEVER;
    }
  });

const variables = z
  .object({
    PORT: port.default(3000),
    HOST: z.string().default('0.0.0.0'),
    PUBLIC_URL: baseUrl
      .refine((url) => !url.endsWith('/twilio/incoming'), 'the URL before /twilio/incoming')
      .optional(),
    TRUST_PROXY: trustProxy.default(false),
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: secret,
    TWILIO_AUTH_TOKENS: accountTokens.default([]),
    TWILIO_API_KEY_SID: z
      .string()
      .regex(/^SK[0-9a-fA-F]{32}$/, 'SK and 32 hexadecimal digits')
      .optional(),
    TWILIO_API_KEY_SECRET: secret.optional(),
    TWILIO_API_BASE_URL: apiBaseUrl.default('https://api.twilio.com'),
    MEDIA_REDIRECT_HOSTS: redirectHosts.default([...DEFAULT_REDIRECT_HOSTS]),
    MEDIA_MAX_BYTES: bytes.default(104_857_600),
    PUBLIC_MEDIA_URLS: flag.default(false),
    DATA_DIR: z.string().default('./data'),
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'a postgres:// URL' }).optional(),
    BLOB_STORE_URL: blobStoreUrl.optional(),
    ROLES: roles.default(['receiver', 'worker']),
    ADMIN_API_KEY: z
      .string()
      .regex(/^[\x21-\x7e]{8,}$/, 'at least 8 ASCII characters without white space')
      .optional(),
    DELETE_UPSTREAM: oneOf('on-delete', 'after-store', 'never').default('on-delete'),
    REPLY_TEXT: z.string().max(1600, 'at most 1,600 characters').optional(),
    LOG_LEVEL: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent').default('info'),
  })
  .superRefine((values, context) => {
    if (
      (values.TWILIO_API_KEY_SID === undefined) !==
      (values.TWILIO_API_KEY_SECRET === undefined)
    ) {
      const missing = values.TWILIO_API_KEY_SID ? 'TWILIO_API_KEY_SECRET' : 'TWILIO_API_KEY_SID';
      context.addIssue({
        code: 'custom',
        path: [missing],
        message: 'both of the pair, or neither',
      });
    }
  });

const GOOD_KEY_LENGTH = 16;

/** Names of every variable that is read, for the documentation and the typo check. */
export const VARIABLE_NAMES = Object.keys(variables.shape);

export interface AccountToken {
  accountSid: string;
  authToken: string;
}

export interface Config {
  port: number;
  host: string;
  publicUrl: string | undefined;
  trustProxy: boolean | number | string[];
  /** Every account with each of its tokens; `TWILIO_ACCOUNT_SID`'s own pair first. */
  accountTokens: [AccountToken, ...AccountToken[]];
  twilioApiKey: { sid: string; secret: string } | undefined;
  twilioApiBaseUrl: string;
  mediaRedirectHosts: string[];
  /** Bytes, of one attachment. */
  mediaMaxBytes: number;
  /** Whether the bytes under /2010-04-01 need no credentials. */
  publicMediaUrls: boolean;
  /** Absolute. */
  dataDir: string;
  databaseUrl: string | undefined;
  /** Absolute folder. */
  blobFolder: string;
  roles: ('receiver' | 'worker')[];
  adminApiKey: string | undefined;
  deleteUpstream: 'on-delete' | 'after-store' | 'never';
  replyText: string | undefined;
  logLevel: string;
}

/** Every mistake in the environment at once, a line each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: string[]) {
    super(
      `The configuration has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads the configuration. An empty variable counts as unset.
 *
 * @param env as `process.env`
 * @throws ConfigError that names each wrong variable, what it got (never a secret) and what it needs
 */
export function loadConfig(env: Record<string, string | undefined>): {
  config: Readonly<Config>;
  warnings: string[];
} {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = variables.safeParse(set);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return describeVariable(name, set[name], message);
    });
    throw new ConfigError([...new Set(problems)]);
  }
  const v = parsed.data;
  const dataDir = resolve(v.DATA_DIR);
  const config: Config = {
    port: v.PORT,
    host: v.HOST,
    publicUrl: v.PUBLIC_URL,
    trustProxy: v.TRUST_PROXY,
    accountTokens: [
      { accountSid: v.TWILIO_ACCOUNT_SID, authToken: v.TWILIO_AUTH_TOKEN },
      ...v.TWILIO_AUTH_TOKENS,
    ],
    twilioApiKey:
      v.TWILIO_API_KEY_SID && v.TWILIO_API_KEY_SECRET
        ? { sid: v.TWILIO_API_KEY_SID, secret: v.TWILIO_API_KEY_SECRET }
        : undefined,
    twilioApiBaseUrl: v.TWILIO_API_BASE_URL,
    mediaRedirectHosts: v.MEDIA_REDIRECT_HOSTS,
    mediaMaxBytes: v.MEDIA_MAX_BYTES,
    publicMediaUrls: v.PUBLIC_MEDIA_URLS,
    dataDir,
    databaseUrl: v.DATABASE_URL,
    blobFolder: v.BLOB_STORE_URL ?? join(dataDir, 'blobs'),
    roles: [...new Set(v.ROLES)],
    adminApiKey: v.ADMIN_API_KEY,
    deleteUpstream: v.DELETE_UPSTREAM,
    replyText: v.REPLY_TEXT,
    logLevel: v.LOG_LEVEL,
  };
  const unknown = Object.keys(set).filter(
    (name) => /^(TWILIO|MEDIA)_/.test(name) && !VARIABLE_NAMES.includes(name),
  );
  const warnings = unknown.map((name) => `${name} is set but nothing reads it: a typing mistake?`);
  if (config.adminApiKey !== undefined && config.adminApiKey.length < GOOD_KEY_LENGTH) {
    warnings.push(`ADMIN_API_KEY is short: use ${GOOD_KEY_LENGTH} random characters or more`);
  }
  return { config: Object.freeze(config), warnings };
}
