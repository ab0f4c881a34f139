import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isSupported } from '../../../bin/node-version.js';
import { ROOT } from '../../../src/lifecycle/project-files.ts';

const REPORT = `console.log(JSON.stringify({
  file: process.argv[1], args: process.argv.slice(2), options: process.execArgv, pid: process.pid, env: process.env,
})); process.exitCode = 7;`;

let project: string;
beforeEach(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), 'mms-inbox-launcher-')));
  await cp(join(ROOT, 'bin'), join(project, 'bin'), { recursive: true });
  await writeFile(join(project, 'package.json'), '{"type":"module"}');
});
afterEach(() => rm(project, { recursive: true }));

/** Modules that report how they were started, as a clone or a package has them. */
async function addEntries(folder: 'src' | 'dist', extension: 'ts' | 'js'): Promise<void> {
  await mkdir(join(project, folder));
  for (const name of ['main', 'cli']) {
    await writeFile(join(project, folder, `${name}.${extension}`), REPORT);
  }
}

async function launch(args: string[], env: Record<string, string> = {}, options: string[] = []) {
  const command = [...options, join(project, 'bin/mms-inbox.js'), ...args];
  const child = spawn(process.execPath, command, {
    cwd: project,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const output = await text(child.stdout);
  const [code] = await ended;
  return { code, launcherPid: child.pid, ...JSON.parse(output) };
}

test.each([
  ['src', 'ts'],
  ['dist', 'js'],
] as const)('from %s it starts the server, or a command', async (folder, extension) => {
  await addEntries(folder, extension);
  expect(await launch([])).toMatchObject({
    file: join(project, folder, `main.${extension}`),
    args: [],
  });
  expect(await launch(['keys', 'list'])).toMatchObject({
    file: join(project, folder, `cli.${extension}`),
    args: ['keys', 'list'],
  });
});

test('the server takes the place of the launcher: its process id, its exit code', async () => {
  await addEntries('dist', 'js');
  const { pid, launcherPid, code } = await launch([]);
  expect(pid).toBe(launcherPid);
  expect(code).toBe(7);
});

test('the server has the options of Node that the launcher was given', async () => {
  await addEntries('dist', 'js');
  const options = ['--max-old-space-size=512'];
  expect((await launch([], {}, options)).options).toEqual(options);
});

test('the settings that have to be there before Node starts are those of the environment, or its own', async () => {
  await addEntries('dist', 'js');
  expect((await launch([])).env).toMatchObject({
    MALLOC_ARENA_MAX: '2',
    MALLOC_TRIM_THRESHOLD_: '1048576',
    NODE_COMPILE_CACHE: join(project, 'node_modules/.cache/mms-inbox'),
  });
  expect((await launch([], { MALLOC_ARENA_MAX: '4' })).env).toMatchObject({
    MALLOC_ARENA_MAX: '4',
  });
});

test('server and commands read .env of the current folder, the demo does not', async () => {
  await addEntries('dist', 'js');
  await writeFile(join(project, '.env'), 'REPLY_TEXT=from the file\n');
  expect((await launch([])).env.REPLY_TEXT).toBe('from the file');
  expect((await launch(['doctor'])).env.REPLY_TEXT).toBe('from the file');
  expect((await launch([], { REPLY_TEXT: 'shell' })).env.REPLY_TEXT).toBe('shell');
  expect((await launch(['demo'])).env.REPLY_TEXT).toBeUndefined();
});

test.each([
  ['20.20.2', false],
  ['22.17.1', false],
  ['22.18.0', true],
  ['24.0.0', true],
])('Node %s: %s', (version, expected) => {
  expect(isSupported(version)).toBe(expected);
});
