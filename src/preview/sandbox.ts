import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What one process that decodes may use. What it starts is limited alike. */
interface SandboxLimits {
  /** Processor time, over the whole life of the process. */
  cpuSeconds: number;
  /** Private memory, counted as the kernel does: an idle Node reserves some 700 MiB of it. */
  memoryBytes: number;
  openFiles: number;
  /** Of each file that it writes. */
  fileBytes: number;
}

/** How to start a program within limits. */
export interface Sandbox {
  /** Whether it is cut off from every network, this machine's own included. */
  isOffline: boolean;
  /** @returns the program to start and its arguments */
  wrap(program: string, args: string[]): [string, string[]];
}

// A network namespace with nothing in it; as another user than root it takes a user namespace, which
// containers and some distributions do not allow.
const OFFLINE = ['unshare', '--user', '--map-root-user', '--net', '--'];

/**
 * Limits by the shell's `ulimit`, so that the kernel enforces them, and no network where the system
 * lets a process give it up. A limit that is stricter already stays.
 *
 * @param path where programs are found, as `PATH`
 */
export async function createSandbox(limits: SandboxLimits, path: string): Promise<Sandbox> {
  const isOffline = await canUnshare(path);
  const script = [
    // Soft first: its signal says why the process ended.
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
