import { isPrivateName } from '../net/host-port.ts';

// What guides, dashboards and .env files of other projects put where a secret belongs.
const PLACEHOLDER =
  /^(?:<.*>|\[.*\]|\{.*\}|\.{3,}|…|x{4,}|(?:your|my|the)[-_ ].*|.*(?:change[-_ ]?(?:me|this|it)|replace[-_ ]?(?:me|this|with)|place-?holder|to-?do|example).*|(?:auth|api)?[-_ ]?(?:token|secret|key|password)|test|demo|none|null|undefined)$/i;
// One digit over and over, or the digits in their order: no account and no token looks like that.
const FILLED = /^(.)\1+$|^(?:0123456789abcdef)+$|^1234567890/i;
// Reserved for examples, so that nobody has them [RFC 2606, RFC 6761].
const EXAMPLE_HOST = /(?:^|\.)example(?:\.(?:com|net|org))?$/i;
const SECRETS = [
  'TWILIO_AUTH_TOKEN',
  'TWILIO_API_KEY_SECRET',
  'ADMIN_API_KEY',
  'SCAN_TOKEN',
  'POSTGRES_PASSWORD',
] as const;

/**
 * Warns of values that nobody means: placeholders that were copied and not filled in, and a public URL
 * in clear text. They name the variable and never quote a secret.
 *
 * @param set the variables that are set
 */
export function questionableValues(set: Record<string, string | undefined>): string[] {
  const { TWILIO_ACCOUNT_SID: accountSid = '', TWILIO_API_KEY_SID: keySid = '' } = set;
  const warnings: string[] = SECRETS.filter((name) => isPlaceholder(set[name])).map(
    (name) => `${name} looks like a placeholder: put the real value in its place`,
  );
  for (const [name, sid] of [
    ['TWILIO_ACCOUNT_SID', accountSid],
    ['TWILIO_API_KEY_SID', keySid],
  ] as const) {
    if (FILLED.test(sid.slice(2))) {
      warnings.push(`${name} looks like a placeholder: the Twilio console shows the real one`);
    }
  }
  const database = URL.parse(set.DATABASE_URL ?? '');
  if (database !== null && (database.hostname === 'host' || EXAMPLE_HOST.test(database.hostname))) {
    warnings.push('DATABASE_URL looks like the example: put your server in its place');
  }
  const url = URL.parse(set.PUBLIC_URL ?? '');
  if (url !== null && EXAMPLE_HOST.test(url.hostname)) {
    warnings.push(
      'PUBLIC_URL looks like the example: Twilio signs the URL that it was really given',
    );
  } else if (url?.protocol === 'http:' && !isPrivateName(url.hostname)) {
    warnings.push(
      'PUBLIC_URL is http: on a public name: messages, and links to their attachments, go through the ' +
        'internet in clear text. Give Twilio an https: URL, and the same here',
    );
  }
  return warnings;
}

function isPlaceholder(value: string | undefined): boolean {
  return value !== undefined && (PLACEHOLDER.test(value) || FILLED.test(value));
}
