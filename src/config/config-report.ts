// A path is none: whoever has to mend the file wants to know where it was looked for.
const SECRET = /(?:TOKEN|SECRET|KEY)(?!S?_FILE$)|DATABASE_URL/;
// An auth token, alone or behind its account, as it looks when it was given to the wrong variable.
const TOKEN_SHAPED = /^[0-9a-f]{32}$|AC[0-9a-f]{32}:/i;
const MOST_SHOWN = 100;

/** One line on one variable: its name, what it got (never a secret) and what it needs. */
export function describeVariable(name: string, value: string | undefined, needs: string): string {
  // For a missing variable zod tells the type that it expected, which is no help.
  if (value === undefined) {
    return `${name} is not set: ${/^invalid input/i.test(needs) ? 'it is required' : `it needs ${needs}`}`;
  }
  const secret = SECRET.test(name) || TOKEN_SHAPED.test(value) || value.length > MOST_SHOWN;
  const got = secret ? `a value of ${value.length} characters` : JSON.stringify(noUserInfo(value));
  return `${name} got ${got}: it needs ${needs}`;
}

/** Leaves out the user name and password of a URL. */
function noUserInfo(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//(user)@');
}

/** What to print when the configuration is wrong, for a terminal. */
export function formatConfigProblems(problems: readonly string[]): string {
  return [
    'mms-inbox cannot start, its configuration needs you:',
    ...problems.map((problem) => `  - ${problem}`),
    '',
    'Every variable is explained in .env.example; copy it to .env and fill it in.',
    'To look at mms-inbox without any account: npm run demo',
  ].join('\n');
}
