import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Manifest } from '../backup/archive-format.ts';
import { verifyArchive } from '../backup/read-archive.ts';
import type { ApiClient } from '../client/api-client.ts';
import { AppError } from '../errors/app-error.ts';
import { unlessGone } from '../errors/caught.ts';
import { syncPath } from '../files/folder-sync.ts';
import { EXIT } from './exit-codes.ts';
import { interruptible } from './interruptible.ts';
import { existsAlready, notWhole, saveBody } from './save-archive.ts';
import type { WithApi } from './with-api.ts';

/** Registers `backup`. */
export function addBackupCommand(program: Command, withApi: WithApi): void {
  program
    .command('backup')
    .description('write an embedded installation into an archive, also while the server runs')
    .argument(
      '<file>',
      'the tar file to create, which must not exist yet; - for the standard output',
    )
    .action((file: string) => (file === '-' ? writeOutput(withApi) : writeFile(withApi, file)));
}

async function writeFile(withApi: WithApi, file: string): Promise<void> {
  const path = resolve(file);
  const partial = `${path}.partial`;
  await requireNew(path);
  await withApi({ worker: false }, (api) =>
    request(api, async (response, signal) => {
      try {
        await save(response, partial, signal);
        const { manifest } = await verifyArchive(partial, signal);
        await requireNew(path);
        await rename(partial, path);
        await syncPath(dirname(path));
        report(file, manifest);
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
    }),
  );
}

/** Nothing else is written there: the progress bar and all messages are on the standard error output. */
async function writeOutput(withApi: WithApi): Promise<void> {
  if (process.stdout.isTTY) {
    throw new AppError('invalid_request', 'Redirect the archive: it is not for a terminal.');
  }
  await withApi({ worker: false }, (api) =>
    request(api, (response, signal) =>
      saveBody(response, process.stdout, { total: sizeOf(response), signal }),
    ),
  );
}

/** @throws Interrupted after Ctrl-C, also while the server takes its snapshot */
async function request(
  api: ApiClient,
  write: (response: Response, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  await interruptible(async (signal) => {
    try {
      const { response } = await api.POST('/api/v1/backup', { parseAs: 'stream', signal });
      await write(response, signal);
    } catch (error) {
      if (signal.aborted) throw notWhole();
      // The server cuts the connection when it cannot go on, and logs why.
      if (!(error instanceof TypeError)) throw error;
      const message = 'The server has ended the backup before its end: its log says why.';
      throw new AppError('unavailable', message, { cause: error });
    }
  });
}

function sizeOf({ headers }: Response): number {
  return Number(headers.get('x-archive-bytes'));
}

async function save(response: Response, path: string, signal: AbortSignal): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    const target = file.createWriteStream({ flush: true });
    await saveBody(response, target, { total: sizeOf(response), signal });
  } finally {
    await file.close();
  }
}

async function requireNew(path: string): Promise<void> {
  const folder = dirname(path);
  if (!(await isThere(folder))) throw new AppError('not_found', `There is no folder ${folder}.`);
  if (await isThere(path)) throw existsAlready(path);
}

async function isThere(path: string): Promise<boolean> {
  return (await unlessGone(stat(path))) !== undefined;
}

function report(file: string, { takenAt, tables, missing, damaged, inBuckets }: Manifest): void {
  const messages = tables['public.message'] ?? 0;
  console.log(`Written: ${file}, as of ${takenAt}. Messages: ${messages}.`);
  if (inBuckets > 0) {
    console.log(`Files in buckets are not in it: ${inBuckets}. Keep the bucket as well.`);
  }
  if (missing.length > 0) {
    console.log(`Files that were not there any more: ${missing.length}.`);
  }
  if (damaged.length === 0) return;
  // The archive is whole, but the installation is not.
  process.exitCode = EXIT.failed;
  console.log(`Damaged files, saved as they are: ${damaged.length}. The first: ${damaged[0]}`);
}
