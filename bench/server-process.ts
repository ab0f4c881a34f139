import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A server under measurement: a process of its own, as in use. */
export interface ServerProcess {
  url: string;
  pid: number;
  /** Ends it and waits until it has ended. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 120_000;

/**
 * Starts a TypeScript entry on a free port of the loopback and waits for its `/healthz`.
 *
 * @param env all that it sees besides PATH, PORT and HOST
 * @param output what becomes of its log
 * @throws Error when it does not answer within two minutes
 */
export async function startServerProcess(
  entry: string,
  env: Record<string, string>,
  output: 'inherit' | 'ignore' = 'inherit',
): Promise<ServerProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, [entry], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      // Nothing but what is measured; there is no Twilio.
      RECONCILE_INTERVAL_MINUTES: '0',
      ...env,
    },
    stdio: ['ignore', output, 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await fetch(`${url}/healthz`).catch(() => null))?.ok) {
    if (Date.now() > deadline || child.exitCode !== null) {
      await stop(child);
      throw new Error(`${entry} did not start`);
    }
    await new Promise((wait) => setTimeout(wait, 100));
  }
  return { url, pid: child.pid ?? 0, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
