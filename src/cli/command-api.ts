import { randomBytes } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { hasDatabase } from '../database/embedded/build-database.ts';
import { embeddedFolder } from '../database/embedded/durable-pglite.ts';
import { AppError } from '../errors/app-error.ts';
import { createLogger } from '../monitoring/logger.ts';
import { localUrl } from '../net/local-url.ts';
import { type Inbox, startInbox } from '../server/inbox.ts';
import { type CallApi, createApiClient, type WithApi } from './api-client.ts';

/**
 * The API of the server that holds the embedded database, or else of one of the command's own, on a
 * port that nobody knows: so a command does the same in either case.
 *
 * @returns a function that throws AppError `data_folder_in_use` when the running server's key is not
 *   known; with `need.worker` its own server works on jobs, too
 */
export function createWithApi(readConfig: () => Readonly<Config>): WithApi {
  return async ({ worker }, use) => {
    const config = readConfig();
    const own = {
      ...{ host: '127.0.0.1', port: 0, adminApiKey: randomBytes(32).toString('base64url') },
      // A command does what it was asked for.
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
    // Whoever meant another one has to see it: a server that uses that one knows nothing of this.
    console.error(`On ${name}.`);
    try {
      await use(createApiClient(inbox.url, own.adminApiKey));
    } finally {
      await inbox.stop();
    }
  };
}

function runningServer(config: Readonly<Config>): CallApi {
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

/** Without the URL of a server: it has a password. */
async function databaseOf({ databaseUrl, dataDir }: Config): Promise<string> {
  if (databaseUrl !== undefined) return 'PostgreSQL (DATABASE_URL)';
  if (await hasDatabase(embeddedFolder(dataDir))) return `the database under ${dataDir}`;
  return `a new, empty database under ${dataDir} (DATA_DIR)`;
}
