import { join } from 'node:path';
import { AppError } from '../../errors/app-error.ts';
import { commandLine } from '../../lifecycle/command-line.ts';
import { isThere } from './data-folder.ts';

/** The folder of a restore that has not ended: it marks a data folder that is incomplete. */
export function restoringFolder(dataDir: string): string {
  return join(dataDir, 'restoring');
}

/** Whether a restore has begun there and has not ended. */
export function isRestoring(dataDir: string): Promise<boolean> {
  return isThere(restoringFolder(dataDir));
}

/**
 * A server that started in between would create an empty database, and then the restore could not be finished.
 *
 * @throws AppError `unavailable`
 */
export async function requireNoRestore(dataDir: string): Promise<void> {
  if (!(await isRestoring(dataDir))) return;
  throw new AppError(
    'unavailable',
    `A restore into ${dataDir} was interrupted: run it again with the same archive ` +
      `(\`${commandLine('restore FILE')}\`), or give up by removing that folder.`,
  );
}
