import { randomBytes } from 'node:crypto';
import { type ApiClient, createApiClient } from '../client/api-client.ts';
import type { Config } from '../config/config.ts';
import { AppError } from '../errors/app-error.ts';
import { localUrl } from '../net/host-port.ts';
import type { Inbox } from '../server/inbox.ts';

/**
 * Gives a command the HTTP API: that of the running server when it holds the embedded database,
 * otherwise that of a server started for the command on a random port. The command does the same in
 * both cases.
 *
 * @returns a function that throws AppError `data_folder_in_use` when the running server's key is not
 *   known; with `need.worker` the command's own server runs jobs, too
 */
export function createWithApi(readConfig: () => Readonly<Config>): WithApi {
  return async ({ worker }, use) => {
    // Modules of the server take seconds to load, and completion needs none of them.
    const { startInbox } = await import('../server/inbox.ts');
    const { createLogger } = await import('../monitoring/logger.ts');
    const config = readConfig();
    const own = {
      host: '127.0.0.1',
      port: 0,
      adminApiKey: randomBytes(32).toString('base64url'),
      // No sweep runs besides what the command does.
      reconcileIntervalMinutes: 0,
    };
    const roles: Config['roles'] = worker ? ['receiver', 'worker'] : ['receiver'];
    const name = await databaseOf(config);
    let inbox: Inbox;
    try {
      inbox = await startInbox({ ...config, ...own, roles }, createLogger('silent'));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'data_folder_in_use') throw error;
      await use(runningServer(config));
      return;
    }
    // Shows an operator who expected another database that this one is used.
    console.error(`On ${name}.`);
    try {
      await use(createApiClient(inbox.url, own.adminApiKey));
    } finally {
      await inbox.stop();
    }
  };
}

/** @throws AppError `data_folder_in_use` when the key of the running server is not known */
export function runningServer(config: Readonly<Config>): ApiClient {
  if (config.adminApiKey === undefined) {
    throw new AppError(
      'data_folder_in_use',
      'The server is running and holds the database. Set ADMIN_API_KEY for both to work through ' +
        'it, or stop it first.',
    );
  }
  console.error(`Through the server at ${localUrl(config)}.`);
  return createApiClient(localUrl(config), config.adminApiKey);
}

/** Names the database; never by its URL, which contains a password. */
async function databaseOf({ databaseUrl, dataDir }: Config): Promise<string> {
  if (databaseUrl !== undefined) return 'PostgreSQL (DATABASE_URL)';
  const { hasDatabase } = await import('../database/embedded/data-folder.ts');
  const { embeddedFolder } = await import('../database/embedded/durable-pglite.ts');
  if (await hasDatabase(embeddedFolder(dataDir))) return `the database under ${dataDir}`;
  return `a new, empty database under ${dataDir} (DATA_DIR)`;
}

/** Gives a command the API with all permissions; with `need.worker` a worker runs its jobs. */
export type WithApi = (
  need: { worker: boolean },
  use: (api: ApiClient) => Promise<void>,
) => Promise<void>;
