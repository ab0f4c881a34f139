import { execFile } from 'node:child_process';
import { mkdtemp, rm, statfs, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A disk of a test's own that can be filled and made read-only: a tmpfs. */
export interface SmallDisk {
  folder: string;
  /** Fills it up with a file, but for so many bytes. */
  fill(leaveBytes: number): Promise<void>;
  makeRoom(): Promise<void>;
  setReadOnly(isReadOnly: boolean): Promise<void>;
  remove(): Promise<void>;
}

/** @returns null where this user may not mount one */
export async function mountSmallDisk(mebibytes: number): Promise<SmallDisk | null> {
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=700`, 'tmpfs', folder]);
  } catch {
    await rm(folder, { recursive: true });
    return null;
  }
  const filler = join(folder, 'filler');
  return {
    folder,
    async fill(leaveBytes) {
      await rm(filler, { force: true });
      const { bavail, bsize } = await statfs(folder);
      // Of whole pages; what does not fit is not there.
      await run('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k']).catch(() => undefined);
      await truncate(filler, Math.max(0, bavail * bsize - leaveBytes));
    },
    makeRoom: () => rm(filler, { force: true }),
    async setReadOnly(isReadOnly) {
      await run('mount', ['-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, folder]);
    },
    async remove() {
      // Lazily: what was killed may hold it for a moment more.
      await run('umount', ['--lazy', folder]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
