import { AppError } from '../errors/app-error.ts';
import { ServerClient } from './server-client.ts';

/** Where a PostgreSQL server is reached. */
export interface ServerUrls {
  /** For transactions and single statements; may be a pooler. */
  pooled: string;
  /** For what needs a session: locks, LISTEN, migrations. The same as `pooled` when there is no pooler. */
  direct: string;
}

/** Where the URL of a server is given. */
type Setting = 'DATABASE_URL' | '--to-database';

/**
 * What a session starts with. A 200 promises durability, so asynchronous commits in the server's configuration are
 * overridden. Poolers refuse or ignore it, because their sessions serve several clients.
 */
export const SESSION_OPTIONS = '-c synchronous_commit=on';

/** Whether the URLs differ: `pooled` may then give each transaction another session. */
export function isPooled({ pooled, direct }: ServerUrls): boolean {
  return pooled !== direct;
}

// Through a pooler in use, a session may look like one of its own by chance, at most now and then.
const PROBES = 20;
const TIMEOUT_MS = 10_000;
const HOW = 'docs/operations/postgresql.md, "Behind PgBouncer"';

/**
 * Checks that the connections can be used as they are meant: `direct` keeps its session between transactions, both
 * lead to the same database, and commits of both are synced. Writes nothing.
 *
 * @param setting where `pooled` comes from
 * @throws AppError `unavailable`, with what to set; or the error of a connection
 */
export async function requireSessions(
  urls: ServerUrls,
  setting: Setting = 'DATABASE_URL',
): Promise<void> {
  const options = SESSION_OPTIONS;
  const [direct, other] = [connectionTo(urls.direct, { options }), connectionTo(urls.direct)];
  const pooled = isPooled(urls) ? connectionTo(urls.pooled) : undefined;
  try {
    await direct.connect().catch((error: unknown) => {
      throw isRefusalOfOptions(error) ? noSessions(urls, setting, error) : error;
    });
    if (!(await isUnpooled(direct))) {
      await other.connect();
      if (!(await keepsSession(direct, other))) throw noSessions(urls, setting);
    }
    await requireDurableCommits(direct, isPooled(urls) ? 'DATABASE_DIRECT_URL' : setting);
    if (pooled === undefined) return;
    await pooled.connect();
    await requireDurableCommits(pooled, setting);
    if ((await databaseOf(pooled)) !== (await databaseOf(direct))) {
      throw new AppError(
        'unavailable',
        'DATABASE_URL and DATABASE_DIRECT_URL lead to different databases: set both to the same one.',
      );
    }
  } finally {
    for (const client of [direct, other, pooled]) void client?.end().catch(() => undefined);
  }
}

function connectionTo(connectionString: string, more: { options?: string } = {}): ServerClient {
  return new ServerClient({
    connectionString,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
    application_name: 'mms-inbox-check',
    ...more,
  });
}

/** PgBouncer refuses startup parameters that it cannot track, unless `ignore_startup_parameters` has them. */
function isRefusalOfOptions(error: unknown): boolean {
  return /unsupported startup parameter/.test(String(Object(error).message));
}

function noSessions(urls: ServerUrls, setting: Setting, cause?: unknown): AppError {
  const past = 'the address of PostgreSQL itself';
  const whatToSet = {
    DATABASE_URL:
      'set DATABASE_DIRECT_URL to another address, that of PostgreSQL itself, for locks, notifications and migrations',
    '--to-database': `name ${past}`,
  };
  const what = isPooled(urls)
    ? `DATABASE_DIRECT_URL leads to a connection pooler, too: set it to ${past}`
    : `${setting} leads to a connection pooler: ${whatToSet[setting]}`;
  return new AppError('unavailable', `${what} (${HOW}).`, { cause });
}

async function readRow<T>(client: ServerClient, sql: string): Promise<T> {
  const { rows } = await client.query(sql);
  return rows[0] as T;
}

async function backendOf(client: ServerClient): Promise<number> {
  return (await readRow<{ pid: number }>(client, 'SELECT pg_backend_pid() AS pid')).pid;
}

/** Whether PostgreSQL itself has greeted the client: a pooler hands out process numbers of its own (for cancels). */
async function isUnpooled(client: ServerClient): Promise<boolean> {
  return (await backendOf(client)) === client.processID;
}

/** Whether a connection has a session of its own, though there is a pooler: it is in session mode then. */
async function keepsSession(client: ServerClient, other: ServerClient): Promise<boolean> {
  for (let probe = 0; probe < PROBES; probe += 1) {
    const before = await backendOf(client);
    await other.query('BEGIN');
    // This transaction gets the session that was just released, or the next statement gets another one.
    if ((await backendOf(other)) === before || (await backendOf(client)) !== before) return false;
    await other.query('COMMIT');
  }
  return true;
}

/** Of PostgreSQL's values, these two wait for the same syncs as a server without any configuration. */
const DURABLE = ['on', 'remote_apply'];

async function requireDurableCommits(client: ServerClient, variable: string): Promise<void> {
  const { setting } = await readRow<{ setting: string }>(
    client,
    `SELECT current_setting('synchronous_commit') AS setting`,
  );
  if (DURABLE.includes(setting)) return;
  throw new AppError(
    'unavailable',
    `Commits through ${variable} are not synced to disk (synchronous_commit is ${setting}): ` +
      `ALTER ROLE … SET synchronous_commit = on, and reconnect the pooler (${HOW}).`,
  );
}

async function databaseOf(client: ServerClient): Promise<string> {
  const { identity } = await readRow<{ identity: string }>(
    client,
    `SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || oid AS identity
    FROM pg_database WHERE datname = current_database()`,
  );
  return identity;
}
