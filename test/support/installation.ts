import { type ChildProcess, execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { delimiter } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { TwilioSimulator } from '../../src/simulator/twilio-simulator.ts';
import { ADMIN_KEY } from './test-inbox.ts';

// What the scripts share that try an installation as a stranger makes it.

const READY_MS = 120_000;
const run = promisify(execFile);

/** Without what npm has set for this very script: its packages, its Node. */
export function cleanEnv(more: Record<string, string> = {}): Record<string, string> {
  const { PATH = '', ...env } = process.env;
  const path = PATH.split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const isOfNpm = /^(npm_|NODE_(?!EXTRA_CA_CERTS)|INIT_CWD)/i;
  const kept = Object.entries(env).filter(([name]) => !isOfNpm.test(name));
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    PATH: path.join(delimiter),
    ...more,
  };
}

/** For `spawn`: an unprivileged user where root runs this, else nothing. */
export function unprivilegedUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** Runs a program to its end. */
export function runProgram(
  [program = '', ...args]: string[],
  options: { cwd: string; env: Record<string, string>; uid?: number; gid?: number },
): Promise<{ stdout: string; stderr: string }> {
  return run(program, args, { ...options, maxBuffer: 64 * 1024 ** 2 });
}

export interface StartedServer {
  url: string;
  /**
   * Sends SIGTERM to its process group.
   *
   * @returns the exit code of the leader
   * @throws Error when the server does not say that it has stopped
   */
  stop(): Promise<number | null>;
}

/**
 * Waits until a server that was started says that it is ready.
 *
 * @param name of the command, for messages
 * @param server started with a pipe for its output, as the leader of a process group: npm may stand between
 */
export async function waitForServer(name: string, server: ChildProcess): Promise<StartedServer> {
  let output = '';
  // npm may end before the server that it has started, which still has the other end of the pipe.
  const closed = once(server, 'close');
  server.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const readyLine = () => output.split('\n').find((line) => line.includes('mms-inbox is ready'));
  await until(`${name} is ready`, async () => {
    if (server.exitCode !== null) throw new Error(`${name} ended: ${output}`);
    return readyLine() !== undefined;
  });
  const { url } = JSON.parse(readyLine() ?? '') as { url: string };
  return {
    url,
    async stop() {
      if (server.exitCode === null && server.pid !== undefined) {
        process.kill(-server.pid, 'SIGTERM');
      }
      await closed;
      if (!output.includes('"msg":"stopped"')) {
        throw new Error(`it did not stop cleanly (exit code ${server.exitCode}): ${output}`);
      }
      console.log(`${name} stops: ok`);
      return server.exitCode;
    },
  };
}

/** For the end, whatever happened. */
export function killServer(server: ChildProcess | undefined): void {
  if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  process.kill(-server.pid, 'SIGKILL');
}

/** The page with its script, a signed webhook, and its attachment. */
export async function receiveMessage(url: string, twilio: TwilioSimulator): Promise<void> {
  await openPage(url);
  const attachments = [{ bytes: Buffer.from('a note'), contentType: 'text/plain' }];
  const message = twilio.createMessage({ attachments });
  const { status } = await twilio.deliver(message, { url: `${url}/twilio/incoming` });
  if (status !== 200) throw new Error(`the webhook was answered ${status}`);
  await until('the attachment is stored', async () => {
    const response = await fetch(`${url}/api/v1/media?state=stored`, {
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
    });
    const { items } = (await response.json()) as { items: unknown[] };
    return items.length === 1;
  });
}

async function openPage(url: string): Promise<void> {
  const page = await fetch(url);
  const [, script] = /<script[^>]* src="([^"]+)"/.exec(await page.text()) ?? [];
  const file = await fetch(new URL(script ?? '/no-script', url));
  if (page.status !== 200 || file.status !== 200) {
    throw new Error(`the page was answered ${page.status}, its script ${file.status}`);
  }
  console.log('the page: ok');
}

/** @throws Error when it is not so within two minutes */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`Not within ${READY_MS / 1000} s: ${what}`);
    await setTimeout(200);
  }
  console.log(`${what}: ok`);
}
