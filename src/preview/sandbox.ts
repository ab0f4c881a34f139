import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

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
