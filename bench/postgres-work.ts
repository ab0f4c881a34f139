import pg from 'pg';
import { readProc } from './proc.ts';
import { secondsOf } from './process-time.ts';

// What PostgreSQL does for one database. It is asked from another one, so that the questions do not count.

/** The processor time of backends, while they are watched. */
export interface BackendTime {
  /** May be called again. @returns seconds, user and system; null when the server is on another machine */
  stop(): Promise<number | null>;
}

// A backend that ends is counted up to the last look before.
const LOOK_MS = 1000;

/** @param url of another database of the server */
export async function watchBackends(url: string, databaseName: string): Promise<BackendTime> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();

  async function look(): Promise<Map<number, number>> {
    const text = 'SELECT pid FROM pg_stat_activity WHERE datname = $1';
    const { rows } = await client.query<{ pid: number }>(text, [databaseName]);
    return new Map(rows.map(({ pid }) => [pid, secondsOf(pid)]));
  }

  const before = await look();
  const latest = new Map(before);
  const isLocal = [...before.keys()].some((pid) => readProc(`${pid}/comm`).startsWith('postgres'));
  async function lookAgain(): Promise<void> {
    for (const [pid, seconds] of await look()) latest.set(pid, seconds);
  }
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(lookAgain).catch(() => undefined);
  }, LOOK_MS);

  async function stop(): Promise<number | null> {
    clearInterval(timer);
    try {
      await looking;
      await lookAgain();
    } finally {
      await client.end();
    }
    if (!isLocal) return null;
    return [...latest].reduce((sum, [pid, seconds]) => sum + seconds - (before.get(pid) ?? 0), 0);
  }
  let stopped: Promise<number | null> | undefined;
  return {
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

// A backend reports what it did a second later at the latest [PostgreSQL, cumulative statistics].
const REPORTED_MS = 1500;

/**
 * Syncs of the write-ahead log by the whole server since its statistics were reset.
 *
 * @param url of a database of the server
 * @returns null where it does not say (before 14, after 17)
 */
export async function readPostgresSyncs(url: string): Promise<number | null> {
  await new Promise((resume) => setTimeout(resume, REPORTED_MS));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const version = await client.query<{ version: number }>(
      "SELECT current_setting('server_version_num')::int AS version",
    );
    const { version: number = 0 } = version.rows[0] ?? {};
    if (number < 140000 || number >= 180000) return null;
    const text = 'SELECT wal_sync::float8 AS syncs FROM pg_stat_wal';
    const wal = await client.query<{ syncs: number }>(text);
    return wal.rows[0]?.syncs ?? null;
  } finally {
    await client.end();
  }
}

/** How large a database is, in bytes, by how long rows are kept; and the position in the write-ahead log of the whole server. */
export interface PostgresBytes {
  media: number;
  /** Messages, attachments, blobs, previews: as long as the attachment. */
  kept: number;
  /** Events: 30 days. */
  events: number;
  /** Jobs: an hour after their end. */
  jobs: number;
  /** Files, not rows. */
  thumbnails: number;
  wal: number;
}

/** @param url of the database. Of its tables with their indexes and TOAST */
export async function readPostgresBytes(url: string): Promise<PostgresBytes> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<PostgresBytes>(`
      WITH sizes AS (
        SELECT relname AS name, nspname AS schema, pg_total_relation_size(pg_class.oid) AS bytes
        FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE relkind = 'r'
      )
      SELECT (SELECT count(*) FROM media)::float8 AS media,
        sum(bytes) FILTER (WHERE name IN ('message', 'media', 'blob', 'preview'))::float8 AS kept,
        sum(bytes) FILTER (WHERE name = 'event')::float8 AS events,
        sum(bytes) FILTER (WHERE schema = 'pgboss')::float8 AS jobs,
        (SELECT sum(byte_size) FROM preview)::float8 AS thumbnails,
        pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS wal
      FROM sizes`);
    const [bytes] = rows;
    if (bytes === undefined) throw new Error('PostgreSQL does not say how large its tables are');
    return bytes;
  } finally {
    await client.end();
  }
}
