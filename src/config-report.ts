const SECRET = /TOKEN|SECRET|KEY|DATABASE_URL/;

/** One line on one variable: its name, what it got (never a secret) and what it needs. */
export function describeVariable(name: string, value: string | undefined, needs: string): string {
  if (value === undefined) return `${name} is not set: it is required`;
  const got = SECRET.test(name) ? `a value of ${value.length} characters` : JSON.stringify(value);
  return `${name} got ${got}: it needs ${needs}`;
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
