import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../../../src/config/config.ts';

const SID = `AC${'0a'.repeat(16)}`;
const TOKEN = 'f1'.repeat(16);
const required = { TWILIO_ACCOUNT_SID: SID, TWILIO_AUTH_TOKEN: TOKEN };
const load = (env: Record<string, string> = {}) => loadConfig({ ...required, ...env });

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('two variables are enough; the rest has the defaults of the contract', () => {
  const { config, warnings } = load();
  expect(warnings).toEqual([]);
  expect(config).toMatchObject({
    port: 3000,
    host: '127.0.0.1',
    publicUrl: undefined,
    trustProxy: false,
    accountTokens: [{ accountSid: SID, authToken: TOKEN }],
    twilioApiKey: undefined,
    twilioApiBaseUrl: 'https://api.twilio.com',
    mediaMaxBytes: 100 * 1024 * 1024,
    dataDir: resolve('data'),
    databaseUrl: undefined,
    blobFolder: resolve('data', 'blobs'),
    roles: ['receiver', 'worker'],
    signInProxy: undefined,
    adminApiKey: undefined,
    deleteUpstream: 'on-delete',
    replyText: undefined,
    reconcileIntervalMinutes: 60,
  });
  expect(config.mediaRedirectHosts).toContain('mms.twiliocdn.com');
  expect(Object.isFrozen(config)).toBe(true);
});

test.each<[string, string, object]>([
  ['PORT', '8080', { port: 8080 }],
  ['PUBLIC_URL', 'https://mms.example.com/hooks//', { publicUrl: 'https://mms.example.com/hooks' }],
  ['API_ORIGINS', '', { apiOrigins: [] }],
  [
    'API_ORIGINS',
    'https://tool.example.com, http://localhost:5173,',
    { apiOrigins: ['https://tool.example.com', 'http://localhost:5173'] },
  ],
  ['TRUST_PROXY', 'off', { trustProxy: false }],
  ['TRUST_PROXY', 'true', { trustProxy: true }],
  ['TRUST_PROXY', '2', { trustProxy: 2 }],
  ['TRUST_PROXY', 'loopback, 10.0.0.0/8', { trustProxy: ['loopback', '10.0.0.0/8'] }],
  [
    'TWILIO_AUTH_TOKENS',
    `${SID}:${'a'.repeat(32)}, AC${'1'.repeat(32)}:${'b'.repeat(32)},`,
    {
      accountTokens: [
        { accountSid: SID, authToken: TOKEN },
        { accountSid: SID, authToken: 'a'.repeat(32) },
        { accountSid: `AC${'1'.repeat(32)}`, authToken: 'b'.repeat(32) },
      ],
    },
  ],
  [
    'MEDIA_REDIRECT_HOSTS',
    'a.example, *.b.example',
    { mediaRedirectHosts: ['a.example', '*.b.example'] },
  ],
  ['DATA_DIR', '/srv/mms', { dataDir: '/srv/mms', blobFolder: join('/srv/mms', 'blobs') }],
  ['BLOB_STORE_URL', 'file:///srv/my%20blobs', { blobFolder: '/srv/my blobs' }],
  ['ROLES', 'worker,worker', { roles: ['worker'] }],
  ['RECONCILE_INTERVAL_MINUTES', '0', { reconcileIntervalMinutes: 0 }],
  ['RECONCILE_INTERVAL_MINUTES', '1440', { reconcileIntervalMinutes: 1440 }],
  ['DELETE_UPSTREAM', 'after-store', { deleteUpstream: 'after-store' }],
  ['REPLY_TEXT', 'Thanks <3', { replyText: 'Thanks <3' }],
  ['REPLY_TEXT', '', { replyText: undefined }],
  ['DATABASE_URL', 'postgres://u:p@h/db', { databaseUrl: 'postgres://u:p@h/db' }],
])('%s=%s is understood', (name, value, expected) => {
  expect(load({ [name]: value }).config).toMatchObject(expected);
});

test('a standby for lists needs the database that it replicates', () => {
  const databaseReadUrl = 'postgres://u:p@standby/db';
  const pair = { DATABASE_URL: 'postgres://u:p@h/db', DATABASE_READ_URL: databaseReadUrl };
  expect(load(pair).config).toMatchObject({ databaseReadUrl });
  expect(load({}).config.databaseReadUrl).toBeUndefined();
  const problems = problemsOf({ ...required, DATABASE_READ_URL: databaseReadUrl });
  expect(problems).toEqual([expect.stringContaining('DATABASE_URL to be set, too')]);
  expect(problems.join()).not.toContain('u:p');
});

test('a sign-in proxy needs its header and its addresses', () => {
  const pair = { AUTH_PROXY_HEADER: 'X-Inbox-User', AUTH_PROXY_ADDRESSES: '127.0.0.1, fd00::/8' };
  expect(load(pair).config.signInProxy).toEqual({
    header: 'X-Inbox-User',
    addresses: ['127.0.0.1', 'fd00::/8'],
    roleHeader: undefined,
    role: 'viewer',
  });
  const all = { ...pair, AUTH_PROXY_ROLE_HEADER: 'X-Inbox-Role', AUTH_PROXY_ROLE: 'moderator' };
  expect(load(all).config.signInProxy).toMatchObject({
    roleHeader: 'X-Inbox-Role',
    role: 'moderator',
  });
  const { warnings } = load({ AUTH_PROXY_ROLE_HEADER: 'X-Inbox-Role' });
  expect(warnings).toEqual([
    'AUTH_PROXY_ROLE_HEADER is set without AUTH_PROXY_HEADER: it is ignored',
  ]);
  expect(load({ AUTH_PROXY_USER: 'x' }).warnings).toHaveLength(1);
  for (const [name, value] of [
    ['AUTH_PROXY_HEADER', ''],
    ['AUTH_PROXY_HEADER', 'Authorization'],
    ['AUTH_PROXY_HEADER', 'X Inbox'],
    ['AUTH_PROXY_ROLE_HEADER', 'Cookie'],
    ['AUTH_PROXY_ADDRESSES', ''],
    ['AUTH_PROXY_ADDRESSES', ','],
    ['AUTH_PROXY_ADDRESSES', '0.0.0.0/0'],
    ['AUTH_PROXY_ADDRESSES', '127.0.0.1,::/0'],
    ['AUTH_PROXY_ADDRESSES', 'proxy.internal'],
    ['AUTH_PROXY_ROLE', 'owner'],
  ] as const) {
    const problems = problemsOf({ ...required, ...pair, [name]: value });
    expect(problems).toEqual([expect.stringContaining(name)]);
  }
});

test('a classifier takes its URL alone, which may be inside; the rest has defaults', () => {
  const url = 'http://10.0.0.7:9000/classify?model=1';
  const defaults = { token: undefined, content: 'original', timeoutSeconds: 10, failure: 'hold' };
  expect(load({}).config.scan).toBeUndefined();
  expect(load({ SCAN_URL: url }).config.scan).toEqual({ url, ...defaults });
  const { warnings } = load({ SCAN_TOKEN: 'hunter2' });
  expect(warnings).toEqual(['SCAN_TOKEN is set without SCAN_URL: nothing is scanned']);
  for (const wrong of [
    { SCAN_URL: 'ftp://host/' },
    { SCAN_URL: 'http://user:hunter2@host/' },
    { SCAN_TIMEOUT_SECONDS: '0' },
    { SCAN_TIMEOUT_SECONDS: '10s' },
    { SCAN_FAILURE: 'retry' },
    { SCAN_CONTENT: 'both' },
  ]) {
    const problems = problemsOf({ ...required, ...wrong });
    expect(problems).toEqual([expect.stringContaining(String(Object.keys(wrong)[0]))]);
    expect(problems.join()).not.toContain('hunter');
  }
});

test.each(['clamd://clamav', 'clamd://[::1]:3310', 'clamd:///run/clamav/clamd.ctl'])(
  '%s scans by clamd',
  (url) => {
    expect(load({ SCAN_URL: url, SCAN_TIMEOUT_SECONDS: '60' }).config.scan).toMatchObject({ url });
  },
);

test.each<[Record<string, string>, string]>([
  [{ SCAN_URL: 'clamd:///%zz' }, 'SCAN_URL got "clamd:///%zz": it needs an absolute http://'],
  [{ SCAN_URL: 'clamd://clamav:0' }, 'SCAN_URL got "clamd://clamav:0": it needs '],
  [{ SCAN_URL: 'clamd://clamav/run/clamd.ctl' }, 'SCAN_URL got '],
  [{ SCAN_URL: 'clamd://clamav?timeout=5' }, 'SCAN_URL got '],
  [{ SCAN_URL: 'clamd://user:hunter2@clamav' }, 'SCAN_URL got "clamd://(user)@clamav": it needs '],
  [
    { SCAN_URL: 'clamd://clamav', SCAN_TOKEN: 'hunter2' },
    'SCAN_TOKEN got a value of 7 characters: it needs to be unset with clamd://: ',
  ],
  [
    { SCAN_URL: 'clamd://clamav', SCAN_CONTENT: 'thumbnail' },
    'SCAN_CONTENT got "thumbnail": it needs original with clamd://: ',
  ],
])('a clamd that cannot be meant is a mistake: %j', (wrong, problem) => {
  const problems = problemsOf({ ...required, ...wrong });
  expect(problems).toEqual([expect.stringContaining(problem)]);
  expect(problems.join()).not.toContain('hunter');
});

test('a transcription server takes its URL alone, even without a path; the rest has defaults', () => {
  const url = 'http://10.0.0.7:8080/v1/audio/transcriptions';
  const defaults = {
    token: undefined,
    model: 'whisper-1',
    language: undefined,
    timeoutSeconds: 300,
    maxSeconds: 600,
  };
  expect(load({}).config.transcribe).toBeUndefined();
  for (const given of [url, 'http://10.0.0.7:8080', 'http://10.0.0.7:8080/']) {
    expect(load({ TRANSCRIBE_URL: given }).config.transcribe).toEqual({ url, ...defaults });
  }
  const inference = 'http://10.0.0.7:8080/inference?queue=1';
  expect(load({ TRANSCRIBE_URL: inference }).config.transcribe?.url).toBe(inference);
  const { warnings } = load({ TRANSCRIBE_TOKEN: 'hunter2', TRANSCRIBE_LANG: 'de' });
  expect(warnings).toEqual([
    'TRANSCRIBE_LANG is set, but there is no such setting: a typo?',
    'TRANSCRIBE_TOKEN is set without TRANSCRIBE_URL: nothing is transcribed',
  ]);
  for (const wrong of [
    { TRANSCRIBE_URL: 'ftp://host/' },
    { TRANSCRIBE_URL: 'http://user:hunter2@host/' },
    { TRANSCRIBE_MODEL: 'two words' },
    { TRANSCRIBE_LANGUAGE: 'German' },
    { TRANSCRIBE_TIMEOUT_SECONDS: '0' },
    { TRANSCRIBE_MAX_SECONDS: '7201' },
  ]) {
    const problems = problemsOf({ ...required, ...wrong });
    expect(problems).toEqual([expect.stringContaining(String(Object.keys(wrong)[0]))]);
    expect(problems.join()).not.toContain('hunter');
  }
});

test.each([TOKEN, `${SID}:hunter2`, `x,${SID}:hunter2`])(
  'a token in the place of the file of tokens is not shown',
  (value) => {
    const problems = problemsOf({ ...required, TWILIO_AUTH_TOKENS_FILE: value });
    expect(problems).toEqual([expect.stringContaining(`a value of ${value.length} characters`)]);
    expect(problems.join()).not.toContain(value);
  },
);

test('a file of tokens is read with the configuration, and a broken one is a mistake', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mms-inbox-config-'));
  try {
    const path = join(folder, 'tokens');
    writeFileSync(path, `# rotation\n${SID}:new\n`);
    expect(load({ TWILIO_AUTH_TOKENS_FILE: path }).config).toMatchObject({
      accountTokens: [{ accountSid: SID, authToken: TOKEN }],
      tokensFile: { path, tokens: [{ accountSid: SID, authToken: 'new' }] },
    });
    writeFileSync(path, `${SID}:new\nhunter2\n`);
    const broken = problemsOf({ ...required, TWILIO_AUTH_TOKENS_FILE: path });
    expect(broken).toEqual([expect.stringMatching(/^TWILIO_AUTH_TOKENS_FILE got .*line 2 /)]);
    expect(broken.join()).toContain(path);
    expect(broken.join()).not.toContain('hunter');
    writeFileSync(path, `# ${SID}:hunter2\n`);
    const silent = problemsOf({ ...required, TWILIO_AUTH_TOKENS_FILE: path });
    expect(silent).toEqual([expect.stringMatching(/ the file has only comments/)]);
    const elsewhere = join(folder, 'elsewhere');
    const missing = problemsOf({ ...required, TWILIO_AUTH_TOKENS_FILE: elsewhere });
    expect(missing).toEqual([expect.stringMatching(/cannot be read \(ENOENT\)/)]);
    expect(missing.join()).toContain(`got "${elsewhere}"`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([
  ['/srv/mms', false],
  ['/srv/mms/', false],
  ['/srv', false],
  ['/', false],
  ['/srv/mms/spool', false],
  ['/srv/mms/database/base', false],
  ['/srv/mms/blobs', true],
  ['/srv/mms/spool-of-blobs', true],
  ['/srv/mms-blobs', true],
  ['/srv/..blobs', true],
])('blobs in %s beside data in /srv/mms', (folder, fine) => {
  const env = { ...required, DATA_DIR: '/srv/mms', BLOB_STORE_URL: `file://${folder}` };
  expect(problemsOf(env)).toEqual(
    fine ? [] : [expect.stringMatching(/^BLOB_STORE_URL got .+ needs a folder .+DATA_DIR/)],
  );
});

test('an API key comes as a pair', () => {
  const key = { TWILIO_API_KEY_SID: `SK${'0'.repeat(32)}`, TWILIO_API_KEY_SECRET: 'key-secret' };
  expect(load(key).config.twilioApiKey).toEqual({
    sid: key.TWILIO_API_KEY_SID,
    secret: 'key-secret',
  });
  for (const [name, value] of Object.entries(key)) {
    const problems = problemsOf({ ...required, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('TWILIO_API_KEY_');
    expect(problems[0]).not.toContain('key-secret');
  }
});

describe('mistakes', () => {
  const wrong = {
    PORT: 'abc',
    PUBLIC_URL: 'mms.example.com',
    TWILIO_ACCOUNT_SID: 'AC123',
    TWILIO_AUTH_TOKENS: 'AC1:x',
    TWILIO_API_BASE_URL: 'ftp://api.twilio.com',
    MEDIA_MAX_BYTES: '5MB',
    DATABASE_URL: 'mysql://localhost/db',
    BLOB_STORE_URL: 'relative/folder',
    RECONCILE_INTERVAL_MINUTES: '1h',
    ROLES: 'receiver,boss',
    ADMIN_API_KEY: 'short',
    DELETE_UPSTREAM: 'sometimes',
    LOG_LEVEL: 'loud',
  };

  test('are all told at once, each with its variable, what it got and what it needs', () => {
    const problems = problemsOf(wrong);
    const names = problems.map((problem) => problem.split(' ')[0]);
    expect(names.toSorted()).toEqual([...Object.keys(wrong), 'TWILIO_AUTH_TOKEN'].toSorted());
    for (const problem of problems) {
      expect(problem).toMatch(/^[A-Z_]+ (is not set|got .+): it (needs .+|is required)$/);
      expect(problem, 'no words of the library').not.toMatch(/Invalid|expected|received/);
    }
    expect(problems).toContain(
      'PUBLIC_URL got "mms.example.com": it needs an absolute http:// or https:// URL',
    );
  });

  test.each([
    ['TWILIO_AUTH_TOKEN', 'hunter 2hunter2'],
    ['TWILIO_AUTH_TOKENS', `${SID}:hunter2,nonsense`],
    ['TWILIO_API_KEY_SECRET', 'hunter2 '],
    ['ADMIN_API_KEY', 'hunter2'],
    ['DATABASE_URL', 'mysql://root:hunter2@localhost/db'],
    ['PUBLIC_URL', 'https://user:hunter2@mms.example.com'],
    ['TWILIO_API_BASE_URL', 'https://hunter2@api.example.com'],
    ['BLOB_STORE_URL', 's3://key:hunter2@bucket'],
    ['TWILIO_ACCOUNT_SID', 'abcdef0123456789abcdef0123456789'],
  ])('never show a secret: %s', (name, value) => {
    const problems = problemsOf({ ...required, [name]: value });
    expect(problems.join()).toContain(name);
    expect(problems.join()).not.toMatch(/hunter|abcdef0123/);
  });

  test.each([
    '*',
    'https://*.example.com',
    'https://tool.example.com/',
    'https://tool.example.com/path',
    'https://tool.example.com:443',
    'https://Tool.example.com',
    'https://user@tool.example.com',
    'tool.example.com',
    'null',
    'file://',
    'ws://tool.example.com',
    'https://tool.example.com,nonsense',
  ])('%s is no list of exact origins', (value) => {
    expect(problemsOf({ ...required, API_ORIGINS: value })).toEqual([
      expect.stringMatching(/^API_ORIGINS got .+ needs exact origins/),
    ]);
  });

  test('a missing PUBLIC_URL is fine, one with a query, fragment or user is not', () => {
    for (const end of ['?a=b', '#rc=5']) {
      const problems = problemsOf({ ...required, PUBLIC_URL: `https://mms.example.com/${end}` });
      expect(problems).toHaveLength(1);
    }
    expect(problemsOf({ ...required, PUBLIC_URL: '' })).toEqual([]);
  });
});

test('variables that look like ours and are not get a warning each', () => {
  const { warnings } = load({
    TWILIO_AUTHTOKEN: 'hunter2',
    MEDIA_MAX_BYTE: '5',
    MEDIA_EMPTY: '',
    HOME: '/root',
  });
  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toContain('TWILIO_AUTHTOKEN');
  expect(warnings[1]).toContain('MEDIA_MAX_BYTE');
  expect(warnings.join()).not.toContain('hunter2');
});
