import { fork } from 'node:child_process';
import { once } from 'node:events';
import { AppError } from '../../errors/app-error.ts';
import { moduleFile } from '../../lifecycle/project-files.ts';
import type { CreationResult } from './create-database-process.ts';
import type { DataFolderLock } from './data-folder.ts';
import { WASM_FLAGS } from './wasm-flags.ts';

const ENTRY = moduleFile(import.meta.url, './create-database-process');

/**
 * Creates the embedded database and its tables in a child process. That takes up to 600 MB, and ends with the
 * process; in this one 60 to 90 MB would remain as long as it runs.
 *
 * @param lock of the data folder. The child inherits it: when this process is killed, no other one can use
 *   the folder until the child has ended as well
 * @throws AppError `unavailable` when that fails
 */
export async function createDatabase(folder: string, lock: DataFolderLock): Promise<void> {
  const child = fork(ENTRY, [folder], {
    execArgv: WASM_FLAGS,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc', lock.fd],
  });
  let result: CreationResult | undefined;
  child.once('message', (message) => {
    result = message as CreationResult;
  });
  const [code, signal] = await once(child, 'close');
  if (result?.problem === null) return;
  throw new AppError(
    'unavailable',
    result?.problem ??
      `The embedded database was not created: its process ended with ${signal ?? `exit code ${code}`}`,
  );
}
