import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { hasDatabase } from '../database/embedded/data-folder.ts';
import { embeddedFolder } from '../database/embedded/durable-pglite.ts';
import { AppError } from '../errors/app-error.ts';
import { createLogger } from '../monitoring/logger.ts';
import { localUrl } from '../net/host-port.ts';
import { type Inbox, startInbox } from '../server/inbox.ts';
import { problemAnswer, readAnswer } from './api-answers.ts';

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

/** Names the database; never by its URL, which contains a password. */
async function databaseOf({ databaseUrl, dataDir }: Config): Promise<string> {
  if (databaseUrl !== undefined) return 'PostgreSQL (DATABASE_URL)';
  if (await hasDatabase(embeddedFolder(dataDir))) return `the database under ${dataDir}`;
  return `a new, empty database under ${dataDir} (DATA_DIR)`;
}

/**
 * Calls the HTTP API.
 *
 * @param path below `/api/v1`
 * @returns the answer's JSON; undefined for 204
 * @throws AppError with the code and detail of the response; `unavailable` when there is none
 */
export interface CallApi {
  (method: string, path: string, body?: object): Promise<unknown>;
  /** The same with POST, for a response that is a file. */
  download(path: string, body: object): Promise<Response>;
  /** The same with DELETE, for deletes that create a record: resolves with the record's path. */
  delete(path: string): Promise<string>;
}

/** Gives a command the API with all permissions; with `need.worker` a worker runs its jobs. */
export type WithApi = (
  need: { worker: boolean },
  use: (call: CallApi) => Promise<void>,
) => Promise<void>;

// For requests that may be repeated: a progress bar survives a busy database.
const TRIES = 10;

/** @param key an API key */
export function createApiClient(baseUrl: string, key: string): CallApi {
  async function readJson(response: Response): Promise<unknown> {
    try {
      return await response.json();
    } catch (cause) {
      const message = `The server at ${baseUrl} is not mms-inbox: ${response.status} without JSON.`;
      throw new AppError('unavailable', message, { cause });
    }
  }

  async function send(
    method: string,
    path: string,
    body?: object,
    tries = TRIES,
  ): Promise<Response> {
    const response = await fetch(`${baseUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause) => {
      throw new AppError('unavailable', `The server does not answer at ${baseUrl}.`, { cause });
    });
    if (response.ok) return response;
    const retryAfter = Number(response.headers.get('retry-after'));
    if (response.status === 503 && method === 'GET' && retryAfter > 0 && tries > 1) {
      await setTimeout(retryAfter * 1000);
      return send(method, path, body, tries - 1);
    }
    if (response.status === 401) {
      const message = 'The running server was started with another ADMIN_API_KEY.';
      throw new AppError('unauthorized', message);
    }
    const answer = readAnswer(problemAnswer, await readJson(response));
    throw new AppError(response.status < 500 ? answer.code : 'unavailable', answer.detail, {
      fields: answer.errors,
    });
  }

  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await send(method, path, body);
    return response.status === 204 ? undefined : readJson(response);
  };
  return Object.assign(call, {
    download: (path: string, body: object) => send('POST', path, body),
    async delete(path: string) {
      const { headers } = await send('DELETE', path);
      return (headers.get('location') ?? '').replace(/^\/api\/v1/, '');
    },
  });
}
