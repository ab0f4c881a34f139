import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';

// Each completion starts two processes.
vi.setConfig({ testTimeout: 60_000 });

// Stands in for that of the package bash-completion, which a shell of a user has.
const WORDS = `_get_comp_words_by_ref() {
  words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
  cur=\${words[cword]} prev=\${words[cword - 1]}
}`;

const SCRIPT = `
mms-inbox() { "$NODE" src/cli.ts "$@"; }
${WORDS}
source <(mms-inbox complete bash)
complete -p mms-inbox >&2
COMP_WORDS=(mms-inbox "$@") COMP_CWORD=$#
$(complete -p mms-inbox | sed 's/.*-F \\([^ ]*\\).*/\\1/') 2>/dev/null
printf '%s\\n' "\${COMPREPLY[@]}"
`;

/** What bash completes the last of these words to. */
async function complete(...words: string[]): Promise<string[]> {
  const env = {
    PATH: process.env.PATH,
    NODE: process.execPath,
    ADMIN_API_KEY: 'an-admin-key-that-is-long-enough',
    TWILIO_AUTH_TOKEN: '2'.repeat(32),
  };
  const bash = promisify(execFile)('bash', ['-c', SCRIPT, 'bash', ...words], { env });
  const { stdout } = await bash;
  return stdout.split('\n').filter((line) => line !== '');
}

test('bash completes commands, those of a command, options and their choices', async () => {
  expect(await complete('ver')).toEqual(['verify']);
  expect(await complete('keys', '')).toEqual(['create', 'list', 'revoke', 'help']);
  expect(await complete('verify', '--re')).toEqual(['--repair', '--restart']);
  expect(await complete('keys', 'create', '--role', 'mod')).toEqual(['moderator']);
});

test('a value that is a secret is not completed', async () => {
  expect(await complete('sign-in-link', '--key', '')).toEqual([]);
  expect(await complete('simulate', '--auth-token', '')).toEqual([]);
});

test.each(['zsh', 'fish', 'powershell'])('there is a script for %s', async (shell) => {
  const run = promisify(execFile)(process.execPath, ['src/cli.ts', 'complete', shell]);
  expect((await run).stdout).toMatch(/mms-inbox.*complete/);
});
