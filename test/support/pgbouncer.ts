import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.ts';

// Debian has it where the PATH of users does not look.
const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin` };

/** Whether this machine has PgBouncer. */
export function hasPgBouncer(): boolean {
  try {
    execFileSync('pgbouncer', ['--version'], { env, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A PgBouncer in front of a server, with a port of its own. */
export interface PgBouncer {
  /** The URL of a database of the server, through the pooler. */
  urlOf(databaseUrl: string): string;
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Starts PgBouncer in transaction mode, with its default settings otherwise.
 *
 * @param serverUrl a database of the server; all others are reached as well
 * @param settings more lines of its configuration, such as `default_pool_size = 2`
 */
export async function startPgBouncer(serverUrl: string, ...settings: string[]): Promise<PgBouncer> {
  const server = new URL(serverUrl);
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-pgbouncer-'));
  // It may run as another user than the tests.
  await chmod(folder, 0o755);
  const port = await freePort();
  const [users, path] = [join(folder, 'users.txt'), join(folder, 'pgbouncer.ini')];
  const [user, password] = [server.username, server.password].map(decodeURIComponent);
  await writeFile(users, `"${user}" "${password}"\n`);
  const configuration = [
    '[databases]',
    `* = host=${server.hostname} port=${server.port || 5432}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = trust',
    `auth_file = ${users}`,
    'pool_mode = transaction',
    ...settings,
  ];
  await writeFile(path, `${configuration.join('\n')}\n`);
  let child: ChildProcess | undefined;

  const bouncer: PgBouncer = {
    urlOf(databaseUrl) {
      const url = new URL(databaseUrl);
      url.hostname = '127.0.0.1';
      url.port = String(port);
      return url.href;
    },
    async kill() {
      if (child === undefined) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
      child = undefined;
    },
    async start() {
      child = spawn('pgbouncer', [path], { env, stdio: ['ignore', 'pipe', 'pipe'], ...notRoot() });
      await untilListening(child, bouncer.urlOf(serverUrl));
    },
    async remove() {
      await bouncer.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await bouncer.start();
  return bouncer;
}

/** PgBouncer refuses to run as root. */
function notRoot(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres']));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

async function untilListening(child: ChildProcess, url: string): Promise<void> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const deadline = Date.now() + 20_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`PgBouncer does not answer: ${output}`, { cause: error });
      }
      await new Promise((resume) => setTimeout(resume, 50));
    }
  }
}
