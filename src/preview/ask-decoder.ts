import { type ChildProcess, execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { codeOf } from '../errors/caught.ts';
import type { PreviewAnswer, PreviewTask } from './preview-process.ts';

/** The decoder process crashed, hung or answered garbage on these bytes; the message says which. */
export class DecoderCrash extends Error {
  readonly isTimeout: boolean;
  /** The end of what the process wrote; the pool knows it. */
  stderr = '';

  constructor(message: string, isTimeout: boolean) {
    super(message);
    this.isTimeout = isTimeout;
  }
}

const ENDED_BY: Partial<Record<NodeJS.Signals, string>> = {
  SIGXCPU: 'Decoding took more processor time than is allowed',
  SIGKILL: 'The decoder was ended by the system',
  SIGXFSZ: 'Decoding wrote more than is allowed',
};

/**
 * Sends a task to a decoder process and waits for its answer. A process handles one task at a time.
 *
 * @param onDecoded called when only the thumbnails are left to write
 * @throws DecoderCrash when it ends before the answer, sends an invalid answer or takes longer than
 *   `timeoutMs`: the caller has to kill it then; the reason of `signal` when that is aborted
 */
export function askDecoder(
  child: ChildProcess,
  task: PreviewTask,
  {
    timeoutMs,
    signal,
    onDecoded,
  }: { timeoutMs: number; signal: AbortSignal; onDecoded: (() => void) | undefined },
): Promise<PreviewAnswer> {
  return new Promise((resolve, reject) => {
    // `signal` may have been aborted while the process was started.
    if (signal.aborted) return reject(signal.reason);
    const onMessage = (message: unknown) => {
      if (reportsDecoded(message)) onDecoded?.();
      else if (isAnswer(message)) settle(() => resolve(message));
      else fail(new DecoderCrash('The decoder sent an invalid answer', false));
    };
    const onExit = (_code: number | null, by: NodeJS.Signals | null) =>
      fail(
        new DecoderCrash(
          (by && ENDED_BY[by]) ?? 'The decoder crashed on these bytes',
          by === 'SIGXCPU',
        ),
      );
    const onAbort = () => fail(signal.reason);
    const timer = setTimeout(() => {
      fail(new DecoderCrash(`Decoding took longer than ${timeoutMs / 1000} seconds`, true));
    }, timeoutMs);
    const fail = (error: unknown) => settle(() => reject(error));
    function settle(end: () => void): void {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      child.off('error', fail);
      signal.removeEventListener('abort', onAbort);
      end();
    }
    child.on('message', onMessage);
    child.on('exit', onExit);
    child.on('error', fail);
    signal.addEventListener('abort', onAbort, { once: true });
    child.send(task, (error) => {
      if (error) fail(error);
    });
  });
}

const MAX_CRASHES = 2;

/**
 * Decodes again after a crash: one may be due to the machine (no memory left), two are attributed to the bytes. A
 * timeout is attributed to them at once, because a second try would block other files just as long.
 *
 * @param giveUp takes how the last process ended
 */
export async function retryCrashes<T>(
  decode: () => Promise<T>,
  giveUp: (reason: string) => T | Promise<T>,
): Promise<T> {
  for (let crashes = 0; ; ) {
    try {
      return await decode();
    } catch (error) {
      if (!(error instanceof DecoderCrash)) throw error;
      crashes += error.isTimeout ? MAX_CRASHES : 1;
      if (crashes >= MAX_CRASHES) return giveUp(error.message);
    }
  }
}

/** Kills a decoder process and everything it has started. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // It has already exited.
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

// A process that is compromised by the bytes it decodes may send anything.

function reportsDecoded(message: unknown): boolean {
  return (message as { decoded?: unknown } | null)?.decoded === true;
}

function isAnswer(message: unknown): message is PreviewAnswer {
  const { cpuSeconds, residentBytes } = (message as Partial<PreviewAnswer> | null)?.usage ?? {};
  return Number.isFinite(cpuSeconds) && Number.isFinite(residentBytes);
}

/** Resource limits of a decoder process. Its children inherit them. */
interface SandboxLimits {
  /** CPU time over the whole lifetime of the process. */
  cpuSeconds: number;
  /** Private memory as the kernel counts it for `ulimit -d`: an idle Node reserves some 700 MiB of it. */
  memoryBytes: number;
  openFiles: number;
  /** Maximum size of each file that it writes. */
  fileBytes: number;
}

/** How to start a program within limits. */
export interface Sandbox {
  /** Whether it is cut off from every network, including loopback. */
  isOffline: boolean;
  /** @returns the program to start and its arguments */
  wrap(program: string, args: string[]): [string, string[]];
}

// An empty network namespace; without root it needs a user namespace, which containers and some distributions
// do not allow.
const OFFLINE = ['unshare', '--user', '--map-root-user', '--net', '--'];

/**
 * Sets limits with the shell's `ulimit`, so that the kernel enforces them, and removes the network if the
 * system allows unshare. Limits that are already stricter stay.
 *
 * @param path where programs are found, as `PATH`
 */
export async function createSandbox(limits: SandboxLimits, path: string): Promise<Sandbox> {
  const isOffline = await canUnshare(path);
  const script = [
    // The soft limit is lower: its signal, SIGXCPU, shows why the process ended.
    `ulimit -S -t ${limits.cpuSeconds}; ulimit -H -t ${limits.cpuSeconds + 5}`,
    `ulimit -d ${Math.ceil(limits.memoryBytes / 1024)}`,
    `ulimit -n ${limits.openFiles}`,
    // In blocks of 512 bytes [POSIX, ulimit].
    `ulimit -f ${Math.ceil(limits.fileBytes / 512)}`,
    'ulimit -c 0',
    'exec "$0" "$@"',
  ].join('; ');
  const prefix = [...(isOffline ? OFFLINE : []), '/bin/sh', '-c', script];
  return {
    isOffline,
    wrap(program, args) {
      const [command = '', ...rest] = [...prefix, program, ...args];
      return [command, rest];
    },
  };
}

async function canUnshare(path: string): Promise<boolean> {
  const [command = '', ...args] = OFFLINE;
  try {
    await promisify(execFile)(command, [...args, '/bin/sh', '-c', ':'], {
      env: { PATH: path },
      timeout: 5000,
    });
    return true;
  } catch {
    return false;
  }
}
