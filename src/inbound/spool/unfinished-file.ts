import { createHash, randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename } from 'node:path';

// No write takes so long that its webhook still waits for the answer.
const LONGEST_WRITE_MS = 60_000;
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 12);
// A restarted container often has the same pid again.
const PROCESS = randomBytes(6).toString('hex');
const NAME = /\.([0-9a-f]{12})-(\d+)-([0-9a-f]{12})\.new$/;

/** What a file is called while this process writes it: the name tells others who does. */
export function unfinishedName(name: string): string {
  return `${name}.${HOST}-${process.pid}-${PROCESS}.new`;
}

/** Whether nobody will finish it: its writer is gone, or it lies there for longer than any write takes. */
export async function isAbandoned(path: string): Promise<boolean> {
  const [, host, pid, writer] = NAME.exec(basename(path)) ?? [];
  if (host === HOST && writer !== PROCESS && !isRunning(Number(pid))) return true;
  const { mtimeMs } = await stat(path);
  return Date.now() - mtimeMs > LONGEST_WRITE_MS;
}

/** Whether another process has this pid. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
