import { z } from 'zod';
import { DEFAULT_RETRY_SECONDS } from '../events/deliveries/delivery-schedule.ts';
import { DEFAULT_REDIRECT_HOSTS } from '../media/download/redirect-hosts.ts';
import { parseClamdUrl } from '../screening/clamd.ts';
import { blobStoreUrl, blobStoreUrls, wrongBlobFolders } from './blob-fields.ts';
import * as field from './fields.ts';

/** All environment variables that the inbox reads, with their defaults. */
export const variables = z
  .object({
    PORT: field.port.default(3000),
    HOST: z.string().default('127.0.0.1'),
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
    LINKS_STRIP_METADATA: field.flag.default(true),
    PREVIEW_CONCURRENCY: field.concurrency.optional(),
    RENDITIONS: field.oneOf('on-request', 'eager').default('on-request'),
    RECONCILE_INTERVAL_MINUTES: field.minutes.default(60),
    RETENTION_DAYS: field.retention.default({}),
    MODERATION_MODE: field.oneOf('off', 'hold-media', 'hold').default('off'),
    EVENT_HOSTS: field.eventHosts.default(new Set()),
    EVENT_RETRY_SECONDS: field.pauses.default([...DEFAULT_RETRY_SECONDS]),
    SCAN_URL: field.scanUrl.optional(),
    SCAN_TOKEN: field.secret.optional(),
    SCAN_CONTENT: field.oneOf('original', 'thumbnail').default('original'),
    SCAN_TIMEOUT_SECONDS: field.timeoutSeconds.default(10),
    SCAN_FAILURE: field.oneOf('hold', 'allow').default('hold'),
    TRANSCRIBE_URL: field.transcribeUrl.optional(),
    TRANSCRIBE_TOKEN: field.secret.optional(),
    TRANSCRIBE_MODEL: field.model.default('whisper-1'),
    TRANSCRIBE_LANGUAGE: field.language.optional(),
    TRANSCRIBE_TIMEOUT_SECONDS: field.longTimeoutSeconds.default(300),
    TRANSCRIBE_MAX_SECONDS: field.soundSeconds.default(600),
    CLAIM_SECONDS: field.claimSeconds.default(120),
    EXPORT_TTL_HOURS: field.ttlHours.default(24),
    DATA_DIR: z.string().default('./data'),
    SPOOL_MAX_BYTES: field.bytes.default(268_435_456),
    DATABASE_URL: field.postgresUrl.optional(),
    DATABASE_DIRECT_URL: field.postgresUrl.optional(),
    DATABASE_READ_URL: field.postgresUrl.optional(),
    BLOB_STORE_URL: blobStoreUrl.optional(),
    BLOB_REDIRECT: field.oneOf('on', 'off').default('off'),
    BLOB_STORE_FORMER_URLS: blobStoreUrls.default([]),
    ROLES: field.roles.default(['receiver', 'worker']),
    ADMIN_API_KEY: field.bearerSecret.optional(),
    OPS_TOKEN: field.bearerSecret.optional(),
    AUTH_PROXY_HEADER: field.proxyHeader.optional(),
    AUTH_PROXY_ADDRESSES: field.addresses.optional(),
    AUTH_PROXY_ROLE_HEADER: field.proxyHeader.optional(),
    AUTH_PROXY_ROLE: field.oneOf('viewer', 'moderator', 'admin').default('viewer'),
    API_ORIGINS: field.origins.default([]),
    DOCS: field.oneOf('on', 'off').default('on'),
    GALLERY: field.oneOf('on', 'off').default('on'),
    DELETE_UPSTREAM: field.oneOf('on-delete', 'after-store', 'never').default('on-delete'),
    REPLY_TEXT: z.string().max(1600, 'at most 1,600 characters').optional(),
    OTEL_EXPORTER_OTLP_ENDPOINT: field.serviceUrl.optional(),
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: field.serviceUrl.optional(),
    LOG_LEVEL: field
      .oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')
      .default('info'),
    LOG_FORMAT: field.oneOf('auto', 'pretty', 'json').default('auto'),
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
    if (parseClamdUrl(values.SCAN_URL ?? '') !== null) {
      if (values.SCAN_TOKEN !== undefined) {
        const message = 'to be unset with clamd://: the protocol of clamd has no credentials';
        context.addIssue({ code: 'custom', path: ['SCAN_TOKEN'], message });
      }
      if (values.SCAN_CONTENT === 'thumbnail') {
        const message = 'original with clamd://: thumbnails are made here and hold no malware';
        context.addIssue({ code: 'custom', path: ['SCAN_CONTENT'], message });
      }
    }
    if ((values.AUTH_PROXY_HEADER === undefined) !== (values.AUTH_PROXY_ADDRESSES === undefined)) {
      const missing = values.AUTH_PROXY_HEADER ? 'AUTH_PROXY_ADDRESSES' : 'AUTH_PROXY_HEADER';
      context.addIssue({
        code: 'custom',
        path: [missing],
        message: 'both AUTH_PROXY_HEADER and AUTH_PROXY_ADDRESSES, or neither',
      });
    }
    if (values.DATABASE_DIRECT_URL !== undefined && values.DATABASE_URL === undefined) {
      const message = 'DATABASE_URL beside it, with the address of the pooler';
      context.addIssue({ code: 'custom', path: ['DATABASE_DIRECT_URL'], message });
    }
    if (values.DATABASE_READ_URL !== undefined && values.DATABASE_URL === undefined) {
      const message = 'DATABASE_URL to be set, too: it is a standby of that database';
      context.addIssue({ code: 'custom', path: ['DATABASE_READ_URL'], message });
    }
    for (const { name, message } of wrongBlobFolders(values)) {
      context.addIssue({ code: 'custom', path: [name], message });
    }
  });

/** The names of all variables, for the documentation and the typo check. */
export const VARIABLE_NAMES = Object.keys(variables.shape);
