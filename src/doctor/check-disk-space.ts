import { statfs } from 'node:fs/promises';
import { type Finding, ok, problem } from './finding.ts';
import { nearestFolder } from './nearest-folder.ts';

const MIB = 1024 ** 2;
const WARN_BELOW = 1024 * MIB;
const FAIL_BELOW = 100 * MIB;

/** @param freeBytes what a user without privileges can still write there, in bytes */
export async function checkDiskSpace(
  folder: string,
  freeBytes: (folder: string) => Promise<number> = freeOnDisk,
): Promise<Finding> {
  const name = `disk space of ${folder}`;
  try {
    const free = await freeBytes((await nearestFolder(folder)).path);
    const detail = `${Math.floor(free / MIB).toLocaleString('en')} MiB are free`;
    if (free >= WARN_BELOW) return ok(name, detail);
    const remedy = 'Make room: what cannot be written to disk cannot be received.';
    return problem(free < FAIL_BELOW ? 'failed' : 'warning', name, detail, remedy);
  } catch (error) {
    return problem('failed', name, (error as Error).message, 'Check DATA_DIR and BLOB_STORE_URL.');
  }
}

async function freeOnDisk(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
