import { commandLine } from '../lifecycle/command-line.ts';
import { isPrivateName } from '../net/host-port.ts';

// A path is not a secret: an operator who fixes the file needs to see which path was tried.
const SECRET = /(?:TOKEN|SECRET|KEY)(?!S?_FILE$)|DATABASE_(?:DIRECT_|READ_)?URL/;
// An auth token, alone or after its account sid, that was set in the wrong variable.
const TOKEN_SHAPED = /^[0-9a-f]{32}$|AC[0-9a-f]{32}:/i;
const MAX_SHOWN = 100;

/** One line about one variable: its name, its value (never a secret) and what it needs. */
export function describeVariable(name: string, value: string | undefined, needs: string): string {
  // For a missing variable zod reports only the expected type, which does not help.
  if (value === undefined) {
    return `${name} is not set: ${/^invalid input/i.test(needs) ? 'it is required' : `it needs ${needs}`}`;
  }
  const secret = SECRET.test(name) || TOKEN_SHAPED.test(value) || value.length > MAX_SHOWN;
  const got = secret ? `a value of ${value.length} characters` : JSON.stringify(noUserInfo(value));
  return `${name} got ${got}: it needs ${needs}`;
}

/** Masks the user name and password of a URL. */
function noUserInfo(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//(user)@');
}

/** The text for the terminal when the configuration is invalid. */
export function formatConfigProblems(problems: readonly string[]): string {
  return [
    'mms-inbox cannot start, its configuration is not valid:',
    ...problems.map((problem) => `  - ${problem}`),
    '',
    'Every variable is explained in .env.example; copy it to .env and fill it in.',
    `To try mms-inbox without any account: ${commandLine('demo')}`,
  ].join('\n');
}

// Placeholders for secrets in guides, dashboards and .env files of other projects.
const PLACEHOLDER =
  /^(?:<.*>|\[.*\]|\{.*\}|\.{3,}|…|x{4,}|(?:your|my|the)[-_ ].*|.*(?:change[-_ ]?(?:me|this|it)|replace[-_ ]?(?:me|this|with)|place-?holder|to-?do|example).*|(?:auth|api)?[-_ ]?(?:token|secret|key|password)|test|demo|none|null|undefined)$/i;
// One repeated digit, or the digits in order: never a real account sid or token.
const FILLED = /^(.)\1+$|^(?:0123456789abcdef)+$|^1234567890/i;
// Reserved for examples, so never a real host [RFC 2606, RFC 6761].
const EXAMPLE_HOST = /(?:^|\.)example(?:\.(?:com|net|org))?$/i;
const SECRETS = [
  'TWILIO_AUTH_TOKEN',
  'TWILIO_API_KEY_SECRET',
  'ADMIN_API_KEY',
  'OPS_TOKEN',
  'SCAN_TOKEN',
  'TRANSCRIBE_TOKEN',
  'POSTGRES_PASSWORD',
] as const;

/** Variables that platforms set in what they run, whose router connects from another machine. */
const PLATFORMS = [
  ['DYNO', 'Heroku'],
  ['RENDER', 'Render'],
  ['FLY_APP_NAME', 'Fly'],
  ['RAILWAY_ENVIRONMENT', 'Railway'],
  ['K_SERVICE', 'Cloud Run'],
  ['KUBERNETES_SERVICE_HOST', 'Kubernetes'],
] as const;

/**
 * Warns of values that are probably mistakes: placeholders that were copied and not filled in, an address that
 * nothing reaches, and a public URL without TLS. The warnings name the variable and never quote a secret.
 *
 * @param set the variables that are set
 */
export function questionableValues(set: Record<string, string | undefined>): string[] {
  const { TWILIO_ACCOUNT_SID: accountSid = '', TWILIO_API_KEY_SID: keySid = '' } = set;
  const warnings: string[] = SECRETS.filter((name) => isPlaceholder(set[name])).map(
    (name) => `${name} looks like a placeholder: set the real value`,
  );
  for (const [name, sid] of [
    ['TWILIO_ACCOUNT_SID', accountSid],
    ['TWILIO_API_KEY_SID', keySid],
  ] as const) {
    if (FILLED.test(sid.slice(2))) {
      warnings.push(`${name} looks like a placeholder: the Twilio console shows the real one`);
    }
  }
  for (const name of ['DATABASE_URL', 'DATABASE_DIRECT_URL'] as const) {
    const database = URL.parse(set[name] ?? '');
    if (database === null) continue;
    if (database.hostname !== 'host' && !EXAMPLE_HOST.test(database.hostname)) continue;
    warnings.push(`${name} looks like the example: set your own server`);
  }
  const platform = PLATFORMS.find(([variable]) => set[variable] !== undefined);
  if (platform !== undefined && set.HOST === undefined) {
    warnings.push(
      `HOST is not set, so that only this machine can connect: ${platform[1]} needs HOST=0.0.0.0`,
    );
  }
  const url = URL.parse(set.PUBLIC_URL ?? '');
  if (url !== null && EXAMPLE_HOST.test(url.hostname)) {
    warnings.push(
      'PUBLIC_URL looks like the example: Twilio signs the URL that it is configured with',
    );
  } else if (url?.protocol === 'http:' && !isPrivateName(url.hostname)) {
    warnings.push(
      'PUBLIC_URL is http: on a public name: messages, and links to their attachments, go through the ' +
        'internet unencrypted. Give Twilio an https: URL, and set the same here',
    );
  }
  return warnings;
}

function isPlaceholder(value: string | undefined): boolean {
  return value !== undefined && (PLACEHOLDER.test(value) || FILLED.test(value));
}
