import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { DEFAULT_RETRY_SECONDS } from '../events/deliveries/delivery-schedule.ts';
import { DEFAULT_REDIRECT_HOSTS } from '../media/download/redirect-hosts.ts';
import type { RetentionRules } from '../moderation/retention/retention-rules.ts';
import type { ScanOptions } from '../screening/classifier.ts';
import type { AccountToken } from '../twilio/tokens.ts';
import * as field from './fields.ts';
import { wrongBlobFolder } from './fields.ts';
import { describeVariable, questionableValues } from './report.ts';

const variables = z
  .object({
    PORT: field.port.default(3000),
    HOST: z.string().default('0.0.0.0'),
    PUBLIC_URL: field.baseUrl
      .refine((url) => !url.endsWith('/twilio/incoming'), 'the URL before /twilio/incoming')
      .optional(),
    TRUST_PROXY: field.trustProxy.default(false),
    TWILIO_ACCOUNT_SID: field.accountSid,
    TWILIO_AUTH_TOKEN: field.secret,
    TWILIO_AUTH_TOKENS: field.accountTokens.default([]),
    TWILIO_AUTH_TOKENS_FILE: field.tokensFile.optional(),
    TWILIO_API_KEY_SID: z
      .string()
      .regex(/^SK[0-9a-fA-F]{32}$/, 'SK and 32 hexadecimal digits')
      .optional(),
    TWILIO_API_KEY_SECRET: field.secret.optional(),
    TWILIO_API_BASE_URL: field.apiBaseUrl.default('https://api.twilio.com'),
    MEDIA_REDIRECT_HOSTS: field.redirectHosts.default([...DEFAULT_REDIRECT_HOSTS]),
    MEDIA_MAX_BYTES: field.bytes.default(104_857_600),
    FETCH_RETRY_HOURS: field.hours.default(24),
    PUBLIC_MEDIA_URLS: field.flag.default(false),
    EXTRACT_LOCATION: field.flag.default(false),
    PREVIEW_CONCURRENCY: field.concurrency.optional(),
    RECONCILE_INTERVAL_MINUTES: field.minutes.default(60),
    RETENTION_DAYS: field.retention.default({}),
    MODERATION_MODE: field.oneOf('off', 'hold-media', 'hold').default('off'),
    EVENT_HOSTS: field.eventHosts.default(new Set()),
    EVENT_RETRY_SECONDS: field.pauses.default([...DEFAULT_RETRY_SECONDS]),
    SCAN_URL: field.serviceUrl.optional(),
    SCAN_TOKEN: field.secret.optional(),
    SCAN_CONTENT: field.oneOf('original', 'thumbnail').default('original'),
    SCAN_TIMEOUT_SECONDS: field.timeoutSeconds.default(10),
    SCAN_FAILURE: field.oneOf('hold', 'allow').default('hold'),
    DATA_DIR: z.string().default('./data'),
    SPOOL_MAX_BYTES: field.bytes.default(268_435_456),
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'a postgres:// URL' }).optional(),
    BLOB_STORE_URL: field.blobStoreUrl.optional(),
    ROLES: field.roles.default(['receiver', 'worker']),
    ADMIN_API_KEY: z
      .string()
      .regex(/^[\x21-\x7e]{8,}$/, 'at least 8 ASCII characters without white space')
      .optional(),
    API_ORIGINS: field.origins.default([]),
    DOCS: field.oneOf('on', 'off').default('on'),
    DELETE_UPSTREAM: field.oneOf('on-delete', 'after-store', 'never').default('on-delete'),
    REPLY_TEXT: z.string().max(1600, 'at most 1,600 characters').optional(),
    LOG_LEVEL: field
      .oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')
      .default('info'),
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
    const folder = values.BLOB_STORE_URL;
    const message = folder === undefined ? null : wrongBlobFolder(folder, values.DATA_DIR);
    if (message !== null) context.addIssue({ code: 'custom', path: ['BLOB_STORE_URL'], message });
  });

const GOOD_KEY_LENGTH = 16;
// The usual program folders of POSIX systems, for a process without PATH.
const DEFAULT_TOOL_PATH = '/usr/local/bin:/usr/bin:/bin';

/** The names of all variables, for the documentation and the typo check. */
export const VARIABLE_NAMES = Object.keys(variables.shape);

export interface Config {
  port: number;
  host: string;
  publicUrl: string | undefined;
  trustProxy: boolean | number | string[];
  /** The accounts of the environment with their tokens; `TWILIO_ACCOUNT_SID`'s own pair first. */
  accountTokens: [AccountToken, ...AccountToken[]];
  /** An absolute path, and the pairs that were in the file when the configuration was read. */
  tokensFile: { path: string; tokens: AccountToken[] } | undefined;
  twilioApiKey: { sid: string; secret: string } | undefined;
  twilioApiBaseUrl: string;
  mediaRedirectHosts: string[];
  /** Bytes, of one attachment. */
  mediaMaxBytes: number;
  /** How long the fetch of an attachment is retried, in hours from the first try. */
  fetchRetryHours: number;
  /** Whether the bytes under /2010-04-01 need no credentials. */
  publicMediaUrls: boolean;
  /** Whether the details of a picture include the place where it was taken. */
  extractLocation: boolean;
  /** Previews that are made at the same time, each in its own process. */
  previewConcurrency: number;
  /** Minutes between reconciliation sweeps; 0 turns them off. */
  reconcileIntervalMinutes: number;
  /** Days after which media are deleted, by their state. */
  retentionRules: RetentionRules;
  /** `hold`: messages and media are held until a moderator approves them; `hold-media`: media only. */
  moderationMode: 'off' | 'hold-media' | 'hold';
  /** `host:port` pairs on the operator's own network to which events may be sent. */
  eventHosts: ReadonlySet<string>;
  /** The pause after each failure of a delivery, in seconds. */
  eventRetrySeconds: readonly number[];
  /** The classifier of new media; undefined without one. */
  scan: ScanOptions | undefined;
  /** Where ffmpeg and other programs are searched, in the format of `PATH`. */
  toolPath: string;
  /** Absolute. */
  dataDir: string;
  /** In bytes: the limit of the spool. */
  spoolMaxBytes: number;
  databaseUrl: string | undefined;
  /** Absolute folder. */
  blobFolder: string;
  roles: ('receiver' | 'worker')[];
  adminApiKey: string | undefined;
  /** The origins whose scripts may call the API from a browser. */
  apiOrigins: readonly string[];
  /** Whether `/openapi.json` and `/docs` are served. */
  docs: boolean;
  deleteUpstream: 'on-delete' | 'after-store' | 'never';
  replyText: string | undefined;
  logLevel: string;
}

/** All mistakes in the environment, one line each. */
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
 * @throws ConfigError that names each wrong variable, its value (never a secret) and what it needs
 */
export function loadConfig(env: Record<string, string | undefined> = process.env): {
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
    tokensFile: v.TWILIO_AUTH_TOKENS_FILE,
    twilioApiKey:
      v.TWILIO_API_KEY_SID && v.TWILIO_API_KEY_SECRET
        ? { sid: v.TWILIO_API_KEY_SID, secret: v.TWILIO_API_KEY_SECRET }
        : undefined,
    twilioApiBaseUrl: v.TWILIO_API_BASE_URL,
    mediaRedirectHosts: v.MEDIA_REDIRECT_HOSTS,
    mediaMaxBytes: v.MEDIA_MAX_BYTES,
    fetchRetryHours: v.FETCH_RETRY_HOURS,
    publicMediaUrls: v.PUBLIC_MEDIA_URLS,
    extractLocation: v.EXTRACT_LOCATION,
    retentionRules: v.RETENTION_DAYS,
    moderationMode: v.MODERATION_MODE,
    scan: v.SCAN_URL === undefined ? undefined : scanConfig(v.SCAN_URL, v),
    previewConcurrency: v.PREVIEW_CONCURRENCY ?? availableParallelism(),
    reconcileIntervalMinutes: v.RECONCILE_INTERVAL_MINUTES,
    eventHosts: v.EVENT_HOSTS,
    eventRetrySeconds: v.EVENT_RETRY_SECONDS,
    toolPath: set.PATH ?? DEFAULT_TOOL_PATH,
    dataDir,
    spoolMaxBytes: v.SPOOL_MAX_BYTES,
    databaseUrl: v.DATABASE_URL,
    blobFolder: v.BLOB_STORE_URL ?? join(dataDir, 'blobs'),
    roles: [...new Set(v.ROLES)],
    adminApiKey: v.ADMIN_API_KEY,
    apiOrigins: v.API_ORIGINS,
    docs: v.DOCS === 'on',
    deleteUpstream: v.DELETE_UPSTREAM,
    replyText: v.REPLY_TEXT,
    logLevel: v.LOG_LEVEL,
  };
  const unknown = Object.keys(set).filter(
    (name) => /^(TWILIO|MEDIA|EVENT|SCAN)_/.test(name) && !VARIABLE_NAMES.includes(name),
  );
  const warnings = unknown.map((name) => `${name} is set, but there is no such setting: a typo?`);
  warnings.push(...questionableValues(set));
  if (config.adminApiKey !== undefined && config.adminApiKey.length < GOOD_KEY_LENGTH) {
    warnings.push(`ADMIN_API_KEY is short: use ${GOOD_KEY_LENGTH} random characters or more`);
  }
  if (v.SCAN_TOKEN !== undefined && config.scan === undefined) {
    warnings.push('SCAN_TOKEN is set without SCAN_URL: nothing is scanned');
  }
  if (config.roles.length === 1 && config.databaseUrl === undefined) {
    const missing = config.roles[0] === 'worker' ? 'receive' : 'fetch';
    warnings.push(
      `ROLES is ${config.roles[0]} alone on the embedded database: nothing will ${missing}`,
    );
  }
  return { config: Object.freeze(config), warnings };
}

function scanConfig(url: string, v: z.output<typeof variables>): ScanOptions {
  return {
    url,
    token: v.SCAN_TOKEN,
    content: v.SCAN_CONTENT,
    timeoutSeconds: v.SCAN_TIMEOUT_SECONDS,
    failure: v.SCAN_FAILURE,
  };
}
