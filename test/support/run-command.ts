import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { inboxEnv } from './inbox-env.ts';
import type { TestInbox } from './test-inbox.ts';

export interface CommandEnd {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs `npm run cli -- …` beside a server, on its database; resolves also when it fails.
 *
 * @param env variables besides those of the server
 */
export async function runCommand(
  inbox: TestInbox,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<CommandEnd> {
  return runProgram(args, commandEnv(inbox, env));
}

function commandEnv(inbox: TestInbox, env: Record<string, string> = {}) {
  return { ...inboxEnv(inbox, inbox.twilio), PORT: new URL(inbox.url).port, ...env };
}

/**
 * Runs a command on a terminal of its own (`script` of util-linux), and types when it asks something.
 *
 * @param typed `\x03` is Ctrl-C
 */
export async function onTerminal(
  inbox: TestInbox,
  args: readonly string[],
  typed: string,
): Promise<{ code: number | null; output: string }> {
  const words = [process.execPath, 'src/cli.ts', ...args];
  const line = words.map((word) => `'${word}'`).join(' ');
  const env = { PATH: process.env.PATH ?? '', ...commandEnv(inbox) };
  const child = spawn('script', ['-qec', line, '/dev/null'], { env });
  let output = '';
  let isTyped = false;
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (isTyped || !output.includes('[y/N]')) return;
    isTyped = true;
    child.stdin.write(typed);
  });
  const [code] = await once(child, 'close');
  return { code, output };
}

/**
 * Runs a command beside a server, and presses Ctrl-C when its output matches for the first time, or when a promise
 * resolves.
 *
 * @param signal `SIGKILL`: it is killed instead
 */
export async function interruptCommand(
  inbox: TestInbox,
  args: readonly string[],
  when: RegExp | Promise<void>,
  signal: NodeJS.Signals = 'SIGINT',
): Promise<Omit<CommandEnd, 'code'> & { code: number | null }> {
  const env = { PATH: process.env.PATH ?? '', ...commandEnv(inbox) };
  const child = spawn(process.execPath, ['src/cli.ts', ...args], { env });
  const end = { stdout: '', stderr: '' };
  if (when instanceof Promise) void when.then(() => child.kill(signal));
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      end[name] += chunk.toString();
      if (when instanceof Promise || child.killed) return;
      if (when.test(end.stdout + end.stderr)) child.kill(signal);
    });
  }
  const [code] = await once(child, 'close');
  return { ...end, code };
}

/** Runs the command line with nothing in its environment but `env` and PATH; resolves also when it fails. */
export function runProgram(
  args: readonly string[],
  env: Record<string, string>,
): Promise<CommandEnd> {
  const whole = { PATH: process.env.PATH ?? '', ...env };
  return promisify(execFile)(process.execPath, ['src/cli.ts', ...args], { env: whole }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code: Number(code), stdout, stderr }),
  );
}
