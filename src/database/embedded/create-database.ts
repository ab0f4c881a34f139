import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../errors/app-error.ts';
import type { CreationResult } from './create-database-process.ts';
import type { DataFolderLock } from './data-folder.ts';
import { WASM_FLAGS } from './wasm-flags.ts';

const ENTRY = fileURLToPath(new URL('./create-database-process.ts', import.meta.url));

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
