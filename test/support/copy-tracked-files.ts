import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../src/lifecycle/project-files.ts';

const run = promisify(execFile);

/** Copies the project as a clone has it, with what is not committed yet. */
export async function copyTrackedFiles(folder: string): Promise<void> {
  const { stdout } = await run(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: ROOT },
  );
  for (const name of stdout.split('\0').filter((name) => name !== '')) {
    await cp(join(ROOT, name), join(folder, name)).catch((error: NodeJS.ErrnoException) => {
      // Removed, and not yet committed.
      if (error.code !== 'ENOENT') throw error;
    });
  }
}
