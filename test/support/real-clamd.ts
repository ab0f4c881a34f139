import { execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EICAR, EICAR_NAME } from './eicar.ts';
import type { TestClamd } from './fake-clamd.ts';
import { eventually } from './test-inbox.ts';

// Debian has clamd where the PATH of users does not look.
const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin` };

/** Whether this machine has ClamAV's daemon. */
export function hasClamd(): boolean {
  try {
    execFileSync('clamd', ['--version'], { env, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

interface RealClamd extends TestClamd {
  /** The same clamd at its Unix socket. */
  socketUrl: string;
  /** Stops it, and removes its folder. */
  remove(): Promise<void>;
}

/**
 * Starts ClamAV's own daemon as the current user, in the foreground, with a folder, a port and a Unix socket
 * of its own, and with a database of one signature: EICAR's test file, alone or in another.
 *
 * @param settings more lines of its configuration, such as `StreamMaxLength 1M`
 */
export async function startRealClamd(...settings: string[]): Promise<RealClamd> {
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-clamd-'));
  const [socketPath, database, temporary] = ['clamd.ctl', 'database', 'tmp'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const port = await freePort();
  await mkdir(database);
  await mkdir(temporary);
  // The bytes anywhere in a file of any type.
  const signature = `${EICAR_NAME}:0:*:${EICAR.toString('hex')}\n`;
  await writeFile(join(database, 'test.ndb'), signature);
  const configuration = [
    'Foreground yes',
    `LocalSocket ${socketPath}`,
    `TCPSocket ${port}`,
    'TCPAddr 127.0.0.1',
    `DatabaseDirectory ${database}`,
    `TemporaryDirectory ${temporary}`,
    ...settings,
  ];
  const path = join(folder, 'clamd.conf');
  await writeFile(path, `${configuration.join('\n')}\n`);

  let stopProcess: (() => Promise<void>) | undefined;
  const clamd: RealClamd = {
    url: `clamd://127.0.0.1:${port}`,
    socketUrl: `clamd://${socketPath}`,
    async start() {
      const child = spawn('clamd', [`--config-file=${path}`], { env });
      const output: Buffer[] = [];
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (piece) => output.push(piece));
      }
      const exited = once(child, 'exit');
      stopProcess = async () => {
        child.kill();
        await exited;
      };
      await eventually(async () => {
        if (child.exitCode !== null) {
          throw new Error(`clamd ended: ${Buffer.concat(output).toString()}`);
        }
        await ping(port);
      });
    },
    async stop() {
      await stopProcess?.();
      stopProcess = undefined;
    },
    async remove() {
      await clamd.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await clamd.start();
  return clamd;
}

/** @throws until clamd answers */
async function ping(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write('zPING\0');
    const [answer] = await once(socket, 'data');
    if (String(answer) !== 'PONG\0') throw new Error(`it answers ${answer}`);
  } finally {
    socket.destroy();
  }
}

/** A port below those that systems give to outgoing connections. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    server.close();
    if (isFree) return port;
  }
}
