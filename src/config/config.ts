import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { z } from 'zod';
import type { SignInProxy } from '../auth/sign-in-proxy.ts';
import type { BlobStoreOptions } from '../files/open-blob-store.ts';
import type { RetentionRules } from '../moderation/retention/retention-rules.ts';
import type { LogFormat } from '../monitoring/open-log.ts';
import type { RenditionMode } from '../preview/renditions/rendition-types.ts';
import type { ScanOptions } from '../screening/classifier.ts';
import type { TranscribeOptions } from '../transcripts/transcription-server.ts';
import type { AccountToken } from '../twilio/tokens.ts';
import { blobStoreOptions } from './blob-fields.ts';
import { describeVariable, questionableValues } from './report.ts';
import { VARIABLE_NAMES, variables } from './variables.ts';

const GOOD_KEY_LENGTH = 16;
// The usual program folders of POSIX systems, for a process without PATH.
const DEFAULT_TOOL_PATH = '/usr/local/bin:/usr/bin:/bin';

export interface Config extends BlobStoreOptions {
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
  /** Whether OpenTelemetry traces are sent; its SDK reads where to. */
  traces: boolean;
  /** Bytes, of one attachment. */
  mediaMaxBytes: number;
  /** How long the fetch of an attachment is retried, in hours from the first try. */
  fetchRetryHours: number;
  /** Whether the bytes under /2010-04-01 need no credentials. */
  publicMediaUrls: boolean;
  /** Whether the details of a picture include the place where it was taken. */
  extractLocation: boolean;
  /** Whether signed links show media without metadata, unless their maker wants otherwise. */
  linksStripMetadata: boolean;
  /** Previews that are made at the same time, each in its own process. */
  previewConcurrency: number;
  /** When renditions are made; `eager`: as soon as an attachment is stored. */
  renditions: RenditionMode;
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
  /** The server that transcribes sounds; undefined without one. */
  transcribe: TranscribeOptions | undefined;
  /** How long a moderator's claim lasts unless it is extended. */
  claimSeconds: number;
  /** How long an export can be downloaded, in hours. */
  exportTtlHours: number;
  /** Where ffmpeg and other programs are searched, in the format of `PATH`. */
  toolPath: string;
  /** Absolute. */
  dataDir: string;
  /** In bytes: the limit of the spool. */
  spoolMaxBytes: number;
  databaseUrl: string | undefined;
  /** The server of `databaseUrl` past its pooler; undefined when there is none. */
  databaseDirectUrl: string | undefined;
  /** A standby of that database, for lists; undefined without one. */
  databaseReadUrl: string | undefined;
  roles: ('receiver' | 'worker')[];
  adminApiKey: string | undefined;
  /** Lets a monitoring system read the metrics and the details of `/readyz`, and nothing else. */
  opsToken: string | undefined;
  /** The proxy that signs users in; undefined without one. */
  signInProxy: SignInProxy | undefined;
  /** The origins whose scripts may call the API from a browser. */
  apiOrigins: readonly string[];
  /** Whether `/openapi.json` and `/docs` are served. */
  docs: boolean;
  /** Whether the page of the gallery is served. */
  gallery: boolean;
  /** Whether programs are redirected to the bucket for content. */
  blobRedirect: boolean;
  deleteUpstream: 'on-delete' | 'after-store' | 'never';
  replyText: string | undefined;
  logLevel: string;
  logFormat: LogFormat;
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
    linksStripMetadata: v.LINKS_STRIP_METADATA,
    retentionRules: v.RETENTION_DAYS,
    moderationMode: v.MODERATION_MODE,
    scan: v.SCAN_URL === undefined ? undefined : scanConfig(v.SCAN_URL, v),
    transcribe: v.TRANSCRIBE_URL === undefined ? undefined : transcribeConfig(v.TRANSCRIBE_URL, v),
    previewConcurrency: v.PREVIEW_CONCURRENCY ?? availableParallelism(),
    renditions: v.RENDITIONS,
    reconcileIntervalMinutes: v.RECONCILE_INTERVAL_MINUTES,
    eventHosts: v.EVENT_HOSTS,
    eventRetrySeconds: v.EVENT_RETRY_SECONDS,
    claimSeconds: v.CLAIM_SECONDS,
    exportTtlHours: v.EXPORT_TTL_HOURS,
    toolPath: set.PATH ?? DEFAULT_TOOL_PATH,
    dataDir,
    spoolMaxBytes: v.SPOOL_MAX_BYTES,
    databaseUrl: v.DATABASE_URL,
    databaseDirectUrl: v.DATABASE_DIRECT_URL,
    databaseReadUrl: v.DATABASE_READ_URL,
    ...blobStoreOptions(v, dataDir),
    roles: [...new Set(v.ROLES)],
    adminApiKey: v.ADMIN_API_KEY,
    opsToken: v.OPS_TOKEN,
    signInProxy: signInProxyOf(v),
    apiOrigins: v.API_ORIGINS,
    docs: v.DOCS === 'on',
    gallery: v.GALLERY === 'on',
    blobRedirect: v.BLOB_REDIRECT === 'on',
    deleteUpstream: v.DELETE_UPSTREAM,
    replyText: v.REPLY_TEXT,
    traces:
      v.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT !== undefined ||
      v.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    logLevel: v.LOG_LEVEL,
    logFormat: v.LOG_FORMAT,
  };
  const unknown = Object.keys(set).filter(
    (name) =>
      /^(TWILIO|MEDIA|EVENT|SCAN|TRANSCRIBE|AUTH_PROXY)_/.test(name) &&
      !VARIABLE_NAMES.includes(name),
  );
  const warnings = unknown.map((name) => `${name} is set, but there is no such setting: a typo?`);
  warnings.push(...questionableValues(set));
  for (const name of ['ADMIN_API_KEY', 'OPS_TOKEN'] as const) {
    const secret = v[name];
    if (secret !== undefined && secret.length < GOOD_KEY_LENGTH) {
      warnings.push(`${name} is short: use ${GOOD_KEY_LENGTH} random characters or more`);
    }
  }
  if (v.SCAN_TOKEN !== undefined && config.scan === undefined) {
    warnings.push('SCAN_TOKEN is set without SCAN_URL: nothing is scanned');
  }
  if (v.TRANSCRIBE_TOKEN !== undefined && config.transcribe === undefined) {
    warnings.push('TRANSCRIBE_TOKEN is set without TRANSCRIBE_URL: nothing is transcribed');
  }
  if (v.AUTH_PROXY_ROLE_HEADER !== undefined && config.signInProxy === undefined) {
    warnings.push('AUTH_PROXY_ROLE_HEADER is set without AUTH_PROXY_HEADER: it is ignored');
  }
  if (config.roles.length === 1 && config.databaseUrl === undefined) {
    const missing = config.roles[0] === 'worker' ? 'receive' : 'fetch';
    warnings.push(
      `ROLES is ${config.roles[0]} alone on the embedded database: nothing will ${missing}`,
    );
  }
  return { config: Object.freeze(config), warnings };
}

function signInProxyOf(v: z.output<typeof variables>): SignInProxy | undefined {
  const { AUTH_PROXY_HEADER: header, AUTH_PROXY_ADDRESSES: addresses } = v;
  if (header === undefined || addresses === undefined) return undefined;
  return { header, addresses, roleHeader: v.AUTH_PROXY_ROLE_HEADER, role: v.AUTH_PROXY_ROLE };
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

function transcribeConfig(url: string, v: z.output<typeof variables>): TranscribeOptions {
  return {
    url,
    token: v.TRANSCRIBE_TOKEN,
    model: v.TRANSCRIBE_MODEL,
    language: v.TRANSCRIBE_LANGUAGE,
    timeoutSeconds: v.TRANSCRIBE_TIMEOUT_SECONDS,
    maxSeconds: v.TRANSCRIBE_MAX_SECONDS,
  };
}
