import { fork } from 'node:child_process';
import { once } from 'node:events';
import { WASM_FLAGS } from '../database/embedded/wasm-flags.ts';
import { AppError } from '../errors/app-error.ts';
import { moduleFile } from '../lifecycle/project-files.ts';

const ENTRY = moduleFile(import.meta.url, './inspect-snapshot-process');

/** What a copy of the database contains. */
export interface Inspection {
  /** The last migration of the schema. */
  migration: string;
  /** The number of rows by table, with its schema. */
  tables: Record<string, number>;
  /** The last deletion, and those before it that had not made all their tombstones. */
  lastDeletion: string;
  unfinishedDeletions: string[];
  /** The sum of the sizes of the files that rows name. */
  fileBytes: number;
}

export type InspectionResult =
  | { problem: string; inspection: null }
  | { problem: null; inspection: Inspection };

/**
 * Opens a copy of an embedded database in a child process, whose memory is free again afterwards, and closes it: what
 * opens once can be restored. All file writers are disowned, so that whoever restores the copy sweeps none of their
 * files (docs/adr/0039-backup.md).
 *
 * @param dataDir a data folder that nothing else uses
 * @param keysFile created: a JSON string for each key that a row names, one per line
 * @throws AppError `unavailable` when it cannot be opened
 */
export async function inspectSnapshot(dataDir: string, keysFile: string): Promise<Inspection> {
  const child = fork(ENTRY, [dataDir, keysFile], {
    execArgv: WASM_FLAGS,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let result: InspectionResult | undefined;
  child.once('message', (message) => {
    result = message as InspectionResult;
  });
  const [code, signal] = await once(child, 'close');
  if (result?.problem === null) return result.inspection;
  throw new AppError(
    'unavailable',
    result?.problem ??
      `The copy of the database was not read: its process ended with ${signal ?? `exit code ${code}`}`,
  );
}
