import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** `npm start` as an operator runs it: a process configured only by its environment. */
export interface InboxProcess {
  url: string;
  child: ChildProcess;
  /** Its output so far, of both streams. */
  output(): string;
  /** Sends a signal and waits for the exit; resolves with the exit code, null after a kill. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** A process that has just been started, and may be stopped before it is ready. */
export interface StartingInbox extends Pick<InboxProcess, 'child' | 'output' | 'end'> {
  /** Rejects when the process exits instead. */
  ready: Promise<InboxProcess>;
}

/**
 * Starts `src/main.ts`.
 *
 * @param folder of the source: that of another version, or this one's
 */
export function launchInboxProcess(env: Record<string, string>, folder = ROOT): StartingInbox {
  const { child, output } = spawnInbox(env, folder);
  const process = {
    child,
    output,
    async end(signal: NodeJS.Signals) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const exit = once(child, 'exit');
      child.kill(signal);
      await exit;
      return child.exitCode;
    },
  };
  const ready = new Promise<InboxProcess>((resolve, reject) => {
    const look = () => {
      const line = output()
        .split('\n')
        .find((text) => text.includes('mms-inbox is ready'));
      if (line === undefined) return;
      child.stdout?.off('data', look);
      resolve({ ...process, url: JSON.parse(line).url });
    };
    child.stdout?.on('data', look);
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${output()}`)));
  });
  // A test that stops it before it is ready does not wait for this promise.
  ready.catch(() => undefined);
  return { ...process, ready };
}

/** Starts `src/main.ts` and resolves when it is ready. */
export function startInboxProcess(
  env: Record<string, string>,
  folder?: string,
): Promise<InboxProcess> {
  return launchInboxProcess(env, folder).ready;
}

/** Starts `src/main.ts` and waits until it exits by itself. */
export async function runInboxProcess(
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const { child, output } = spawnInbox(env);
  await once(child, 'close');
  return { code: child.exitCode, output: output() };
}

function spawnInbox(env: Record<string, string>, folder = ROOT) {
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: '0',
      // Tests that count requests to Twilio expect only their own, and some have no Twilio at all.
      RECONCILE_INTERVAL_MINUTES: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  return { child, output: () => text };
}
