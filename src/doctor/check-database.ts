import type { Config } from '../config/config.ts';
import {
  type DataFolderLock,
  hasDatabase,
  lockDataFolder,
  requireBuildable,
} from '../database/embedded/data-folder.ts';
import { embeddedFolder, openDurablePglite } from '../database/embedded/durable-pglite.ts';
import { isPooled, requireSessions, type ServerUrls } from '../database/require-sessions.ts';
import { ServerClient } from '../database/server-client.ts';
import { TEXT_INDEX } from '../database/text-search.ts';
import { AppError } from '../errors/app-error.ts';
import { asError, codeOf } from '../errors/caught.ts';
import { folderRemedy, nearestFolder, requireFolderIn } from './check-folders.ts';
import { askReadiness, type ServerOptions } from './check-readiness.ts';
import { type Finding, ok, problem } from './finding.ts';

const NAME = 'database';
const CONNECT_TIMEOUT_MS = 10_000;
const CREATE_INDEX =
  'Have CREATE EXTENSION pg_trgm run in it by a user who may, then run: ' +
  `CREATE INDEX CONCURRENTLY ${TEXT_INDEX} ON message USING GIN (body gin_trgm_ops)`;

type Needed = Pick<Config, 'databaseUrl' | 'databaseDirectUrl' | 'dataDir'> & ServerOptions;

/** Whether the database answers, and keeps its sessions. It is neither created nor migrated. */
export async function checkDatabase(config: Needed): Promise<Finding> {
  const { databaseUrl: pooled, databaseDirectUrl: direct = pooled } = config;
  if (pooled !== undefined && direct !== undefined) return checkServer({ pooled, direct });
  try {
    return await checkEmbedded(config);
  } catch (error) {
    const { message } = asError(error);
    return problem('failed', NAME, message, folderRemedy(config.dataDir));
  }
}

async function checkServer(urls: ServerUrls): Promise<Finding> {
  const client = new ServerClient({
    connectionString: urls.direct,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  try {
    await requireSessions(urls);
    await client.connect();
    const { rows } = await client.query(
      `SELECT current_setting('server_version') AS version,
        to_regclass('message') IS NOT NULL AND to_regclass($1) IS NULL AS "hasNoIndex"`,
      [TEXT_INDEX],
    );
    const [{ version, hasNoIndex }] = rows;
    const answers = isPooled(urls) ? 'answers, through its pooler and past it' : 'answers';
    const detail = `PostgreSQL ${version} ${answers}`;
    if (!hasNoIndex) return ok(NAME, detail);
    const limit = `${detail}, but has no index of texts: searches for words take long`;
    return problem('warning', NAME, limit, CREATE_INDEX);
  } catch (error) {
    const code = codeOf(error);
    const { message } = asError(error);
    if (error instanceof AppError) return problem('failed', NAME, message, null);
    return problem(
      'failed',
      NAME,
      `PostgreSQL does not answer: ${message || code}`,
      'Check DATABASE_URL: host, port, user, password, database name.',
    );
  } finally {
    await client.end();
  }
}

async function checkEmbedded(config: Needed): Promise<Finding> {
  const folder = embeddedFolder(config.dataDir);
  if (!(await hasDatabase(folder))) {
    await requireBuildable(folder);
    const nearest = await nearestFolder(folder);
    await requireFolderIn(nearest.path);
    return ok(NAME, `the first start creates it in ${folder}`);
  }
  let lock: DataFolderLock;
  try {
    lock = await lockDataFolder(config.dataDir);
  } catch (error) {
    if (error instanceof AppError && error.code === 'data_folder_in_use') return askServer(config);
    throw error;
  }
  try {
    await (await openDurablePglite(folder)).close();
    return ok(NAME, `opens, and syncs its commits, in ${folder}; no server is running on it`);
  } finally {
    await lock.release();
  }
}

/** Only one process can open the embedded database, so its status comes from that server. */
async function askServer(config: Needed): Promise<Finding> {
  const { url, answer } = await askReadiness(config);
  const held = 'a running server holds the embedded database';
  if (answer.problem !== null) {
    const remedy = 'Set PORT and HOST as for that server, so that it can be queried.';
    return problem('warning', NAME, `${held}; ${answer.problem}`, remedy);
  }
  const { parts, status } = answer.json;
  // Without a key that the server knows it says no more.
  if (parts === undefined && status === 'ready')
    return ok(NAME, `${held}, and says at ${url} that it is ready`);
  const { database } = Object(parts);
  if (database === 'ok') return ok(NAME, `${held}, and says at ${url} that it works`);
  const report =
    typeof database === 'string' ? `"${database}"` : `${answer.status}, without its state`;
  return problem('failed', NAME, `${held}; ${url} says ${report}`, 'Check the log of that server.');
}
