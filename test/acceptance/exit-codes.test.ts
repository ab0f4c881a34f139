import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { runProgram } from '../support/run-command.ts';

// A process starts for each line.
vi.setConfig({ testTimeout: 180_000 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-exit-'));
  await writeFile(join(folder, 'file'), '');
});
afterAll(() => rm(folder, { recursive: true }));

const SID = `ME${'0'.repeat(32)}`;
const NOBODY = 'http://127.0.0.1:1';

/**
 * By command: arguments that are wrong, and arguments with which it fails because the data folder is a file, or
 * something else is not there. `F` is the folder of this test; null where nothing can fail.
 */
const LINES: Record<string, { wrong: string[]; failing: string[] | null }> = {
  'keys create': { wrong: ['--name', 'a'], failing: ['--name', 'a', '--role', 'viewer'] },
  'keys list': { wrong: ['--nonsense'], failing: [] },
  'keys revoke': { wrong: [], failing: ['nobody'] },
  'previews rebuild': { wrong: ['--kind', 'nonsense'], failing: [] },
  retry: { wrong: [], failing: ['--failed'] },
  reconcile: { wrong: [], failing: ['--since', '2026-11-01'] },
  verify: { wrong: ['--rate', 'fast'], failing: [] },
  import: { wrong: [], failing: ['F/nothing'] },
  delete: { wrong: [SID, '--scope', 'all'], failing: [SID] },
  'sign-in-link': { wrong: ['one', 'two'], failing: ['--url', NOBODY, '--key', 'a'] },
  export: { wrong: ['+15550001111'], failing: ['+15550001111', '--out', 'F/sender.zip'] },
  'export-media': { wrong: [], failing: ['--out', 'F/media.zip'] },
  erase: { wrong: [], failing: ['+15550001111', '--yes'] },
  move: {
    wrong: ['--to-database', 'mysql://a/b'],
    failing: ['--to-database', 'postgres://127.0.0.1:1/none'],
  },
  'drain-spool': { wrong: [], failing: ['F/nothing'] },
  backup: { wrong: [], failing: ['F/backup.tar'] },
  restore: { wrong: [], failing: ['F/nothing.tar'] },
  doctor: { wrong: ['--nonsense'], failing: [] },
  demo: { wrong: ['--nonsense'], failing: null },
  complete: { wrong: ['nonsense'], failing: null },
  simulate: {
    wrong: ['--url', 'nonsense'],
    failing: ['--url', NOBODY, '--count', '1', '--api-port', '0', '--media-port', '0'],
  },
};

function namesOf(command: Command, before: string[] = []): string[] {
  if (command.commands.length === 0) return [before.join(' ')];
  return command.commands.flatMap((child) => namesOf(child, [...before, child.name()]));
}

const run = (command: string, args: readonly string[], env: Record<string, string> = {}) =>
  runProgram([...command.split(' '), ...args.map((arg) => arg.replace(/^F\//, `${folder}/`))], {
    DATA_DIR: join(folder, 'file'),
    ADMIN_API_KEY: 'an-admin-key-that-is-long-enough',
    TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: '2'.repeat(32),
    TWILIO_API_BASE_URL: NOBODY,
    ...env,
  });

test('every command is among these', () => {
  expect(Object.keys(LINES).sort()).toEqual(namesOf(createProgram()).sort());
});

test.each(Object.entries(LINES))('%s: wrong arguments are 2', async (command, { wrong }) => {
  const { code, stdout, stderr } = await run(command, wrong);
  expect({ code, stdout, stderr }).toMatchObject({ code: 2, stdout: '' });
  expect(stderr).toContain('For all commands and options: --help');
});

const failing = Object.entries(LINES).flatMap(([command, { failing: args }]) =>
  args === null ? [] : [[command, args] as const],
);

test.each(failing)('%s: a failure is 1, in words', async (command, args) => {
  const { code, stdout, stderr } = await run(command, args);
  expect({ code, stdout, stderr }).toMatchObject({ code: 1 });
  expect(stdout + stderr).not.toMatch(/^ +at /m);
});

test('a configuration that is wrong is 2', async () => {
  const { code, stderr } = await run('keys', ['list'], { TWILIO_ACCOUNT_SID: 'nonsense' });
  expect(stderr).toContain('TWILIO_ACCOUNT_SID');
  expect(code).toBe(2);
});

test('--help lists the demo, and says how the server starts', async () => {
  const { stdout } = await runProgram(['--help'], {});
  expect(stdout).toMatch(/^ {2}demo \[options\] +try it without an account/m);
  expect(stdout).toContain('The server starts without a command: npm start');
});

test('--help of every command says what exit codes mean', async () => {
  for (const args of [['--help'], ['keys', 'list', '--help']]) {
    const { code, stdout } = await runProgram(args, {});
    expect(code).toBe(0);
    expect(stdout).toMatch(/Exit codes:\n +0 +done.*\n +1 .*\n +2 .*\n +130 /);
  }
});
