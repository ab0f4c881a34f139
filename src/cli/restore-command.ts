import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Manifest } from '../backup/archive-format.ts';
import { type ApiClient, createApiClient } from '../client/api-client.ts';
import type { Config } from '../config/config.ts';
import { AppError } from '../errors/app-error.ts';
import { commandLine } from '../lifecycle/command-line.ts';

/** Registers `restore`. */
export function addRestoreCommand(program: Command, readConfig: () => Readonly<Config>): void {
  program
    .command('restore')
    .description('restore an archive of `backup` into an empty DATA_DIR; no server may run on it')
    .argument('<file>', 'the tar file')
    .action(async (file: string) => {
      const config = readConfig();
      const { dataDir, blobFolder, databaseUrl } = config;
      if (databaseUrl !== undefined) {
        throw new AppError(
          'conflict',
          'DATABASE_URL is set: an archive is restored as an embedded database. Unset it for this command.',
        );
      }
      const { restoreArchive } = await import('../backup/restore.ts');
      const manifest = await restoreArchive({
        archive: resolve(file),
        dataDir,
        blobFolder,
        deleteAgain: (folder, deleted) => deleteAgain({ ...config, dataDir: folder }, deleted),
      });
      report(dataDir, manifest);
    });
}

/** By the API of a server on the restored database, as everybody deletes: with its records, its events and its jobs. */
async function deleteAgain(
  config: Readonly<Config>,
  { media, messages }: Manifest['deleted'],
): Promise<void> {
  const adminApiKey = randomBytes(32).toString('base64url');
  const own = { host: '127.0.0.1', port: 0, adminApiKey, reconcileIntervalMinutes: 0 };
  const roles: Config['roles'] = ['receiver'];
  const { createLogger } = await import('../monitoring/logger.ts');
  const { startInbox } = await import('../server/inbox.ts');
  const inbox = await startInbox({ ...config, ...own, roles }, createLogger('silent'));
  const api = createApiClient(inbox.url, adminApiKey);
  try {
    for (const sid of media) await unlessGone(deleteMedia(api, sid));
    for (const sid of messages) await unlessGone(deleteMessage(api, sid));
  } finally {
    await inbox.stop();
  }
}

const query = { reason: 'deleted while the backup was made' };

async function deleteMedia(api: ApiClient, sid: string): Promise<void> {
  await api.DELETE('/api/v1/media/{sid}', { params: { path: { sid }, query } });
}

async function deleteMessage(api: ApiClient, sid: string): Promise<void> {
  await api.DELETE('/api/v1/messages/{sid}', { params: { path: { sid }, query } });
}

const GONE: readonly string[] = ['not_found', 'media_deleted', 'message_deleted'];

async function unlessGone(deletion: Promise<void>): Promise<void> {
  await deletion.catch((error: unknown) => {
    if (!(error instanceof AppError && GONE.includes(error.code))) throw error;
  });
}

function report(dataDir: string, { takenAt, tables, missing, inBuckets }: Manifest): void {
  const messages = tables['public.message'] ?? 0;
  console.log(`Restored into ${dataDir}, as of ${takenAt}. Messages: ${messages}.`);
  console.log(
    'What was deleted, decided or changed after that time is as it was before: delete again what was deleted.\n' +
      'Newer messages are taken in by reconciliation, as far as Twilio still has them.',
  );
  if (inBuckets > 0) console.log(`Files that stay in buckets: ${inBuckets}.`);
  if (missing.length === 0) return;
  console.log(
    `Files that the archive does not have: ${missing.length}. Replaced previews are made again by ` +
      `\`${commandLine('previews rebuild')}\`.`,
  );
}
