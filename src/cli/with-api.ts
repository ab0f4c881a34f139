import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { hasDatabase } from '../database/embedded/data-folder.ts';
import { embeddedFolder } from '../database/embedded/durable-pglite.ts';
import { AppError } from '../errors/app-error.ts';
import { createLogger } from '../monitoring/logger.ts';
import { localUrl } from '../net/host-port.ts';
import { type Inbox, startInbox } from '../server/inbox.ts';
import { problemAnswer } from './api-answers.ts';

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
      host: '127.0.0.1',
      port: 0,
      adminApiKey: randomBytes(32).toString('base64url'),
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

/**
 * Calls the HTTP API.
 *
 * @param path below `/api/v1`
 * @returns the answer's JSON; undefined for 204
 * @throws AppError with the answer's code and words; `unavailable` where there is no answer
 */
export interface CallApi {
  (method: string, path: string, body?: object): Promise<unknown>;
  /** The same with POST, for an answer that is a file. */
  download(path: string, body: object): Promise<Response>;
  /** The same with DELETE, for what leaves a record: resolves with the record's path. */
  delete(path: string): Promise<string>;
}

/** Lends a command the API, with every right; with `need.worker` somebody works on its jobs. */
export type WithApi = (
  need: { worker: boolean },
  use: (call: CallApi) => Promise<void>,
) => Promise<void>;

// Of what may be asked again: a progress bar lives through a database that is busy.
const TRIES = 10;

/** @param key an API key */
export function createApiClient(baseUrl: string, key: string): CallApi {
  async function readJson<T>(response: Response, schema: z.ZodType<T>): Promise<T> {
    try {
      return schema.parse(await response.json());
    } catch (cause) {
      const words = `What answers at ${baseUrl} is not mms-inbox: ${response.status} without its JSON.`;
      throw new AppError('unavailable', words, { cause });
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
    const answer = await readJson(response, problemAnswer);
    if (response.status === 401) {
      const words = 'The running server was started with another ADMIN_API_KEY.';
      throw new AppError('unauthorized', words);
    }
    throw new AppError(response.status < 500 ? answer.code : 'unavailable', answer.detail, {
      fields: answer.errors,
    });
  }

  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await send(method, path, body);
    return response.status === 204 ? undefined : readJson(response, z.unknown());
  };
  return Object.assign(call, {
    download: (path: string, body: object) => send('POST', path, body),
    async delete(path: string) {
      const { headers } = await send('DELETE', path);
      return (headers.get('location') ?? '').replace(/^\/api\/v1/, '');
    },
  });
}
