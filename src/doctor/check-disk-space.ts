import { freeBytes } from '../files/disk-space.ts';
import { type Finding, ok, problem } from './finding.ts';
import { folderRemedy, nearestFolder } from './nearest-folder.ts';

const MIB = 1024 ** 2;
const WARN_BELOW = 1024 * MIB;
const FAIL_BELOW = 100 * MIB;

/** @param free what a user without privileges can still write there, in bytes */
export async function checkDiskSpace(
  folder: string,
  free: (folder: string) => Promise<number> = freeBytes,
): Promise<Finding> {
  const name = `disk space of ${folder}`;
  try {
    const bytes = await free((await nearestFolder(folder)).path);
    const detail = `${Math.floor(bytes / MIB).toLocaleString('en')} MiB are free`;
    if (bytes >= WARN_BELOW) return ok(name, detail);
    const remedy = 'Make room: what cannot be written to disk cannot be received.';
    return problem(bytes < FAIL_BELOW ? 'failed' : 'warning', name, detail, remedy);
  } catch (error) {
    return problem('failed', name, (error as Error).message, folderRemedy(folder));
  }
}
