import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { PROGRAM_PATH } from './has-program.ts';
import { eventually } from './test-inbox.ts';

export async function proxyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-proxy-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What is around `server { … }` in nginx.conf, so that nginx runs in the foreground and writes to one folder. */
export async function writeNginxConfig(folder: string, server: string): Promise<string> {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const file = join(folder, 'nginx.conf');
  const lines = [
    'daemon off;',
    // Its workers are of another user otherwise, who cannot read the folder.
    process.getuid?.() === 0 ? 'user root;' : '',
    `pid ${folder}/nginx.pid;`,
    'error_log stderr;',
    'events {}',
    `http { access_log off; ${temporary.join(' ')}`,
    server,
    '}',
  ];
  await writeFile(file, lines.join('\n'));
  return file;
}

/** Starts a proxy in the foreground until the test ends, and waits until it answers at `url`. */
export async function runProxy(
  folder: string,
  url: string,
  [program = '', ...args]: string[],
): Promise<void> {
  const child = spawn(program, args, {
    // Caddy keeps its state in the home folder.
    env: { PATH: PROGRAM_PATH, HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  onTestFinished(() => void child.kill());
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`${program} ended: ${errors}`);
    await fetch(url);
  });
}
