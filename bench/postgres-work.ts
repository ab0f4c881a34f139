import pg from 'pg';
import { readProc } from './proc.ts';
import { secondsOf } from './process-time.ts';

// Reads from another database of the server, so that it does not count itself.

/** What PostgreSQL has done for one database since it is watched. */
export interface PostgresWork {
  /** Processor seconds of its backends; null when the server is on another machine. */
  seconds: number | null;
  /** Transactions that it has committed, those of single statements included. */
  commits: number;
  /** Of the write-ahead log of the whole server; null where it does not say (before 14, after 17). */
  syncs: number | null;
}

// A backend that ends between two looks is counted up to the first of them.
const LOOK_MS = 1000;
// A backend reports what it did a second later at the latest [PostgreSQL, cumulative statistics].
const REPORTED_MS = 1500;

/** @param url of any database of the server but the one that is watched */
export async function watchPostgres(
  url: string,
  databaseName: string,
): Promise<{ stop(): Promise<PostgresWork> }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows: versions } = await client.query('SHOW server_version_num');
  const version = Number(versions[0]?.server_version_num);
  const hasSyncs = version >= 140000 && version < 180000;

  async function backends(): Promise<number[]> {
    const text = 'SELECT pid FROM pg_stat_activity WHERE datname = $1';
    return (await client.query(text, [databaseName])).rows.map(({ pid }) => pid);
  }

  async function counters(): Promise<{ commits: number; syncs: number | null }> {
    await new Promise((resume) => setTimeout(resume, REPORTED_MS));
    const { rows } = await client.query(
      'SELECT xact_commit::int AS commits FROM pg_stat_database WHERE datname = $1',
      [databaseName],
    );
    if (!hasSyncs) return { commits: rows[0]?.commits, syncs: null };
    const wal = await client.query('SELECT wal_sync::int AS syncs FROM pg_stat_wal');
    return { commits: rows[0]?.commits, syncs: wal.rows[0]?.syncs };
  }

  const countedBefore = await counters();
  const before = new Map((await backends()).map((pid) => [pid, secondsOf(pid)]));
  const latest = new Map(before);
  const isLocal = [...before.keys()].some((pid) => readProc(`${pid}/comm`).startsWith('postgres'));

  async function look(): Promise<void> {
    for (const pid of await backends()) latest.set(pid, secondsOf(pid));
  }
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined);
  }, LOOK_MS);

  return {
    async stop() {
      clearInterval(timer);
      try {
        await looking;
        await look();
        const used = [...latest].map(([pid, seconds]) => seconds - (before.get(pid) ?? 0));
        const { commits, syncs } = await counters();
        return {
          seconds: isLocal ? used.reduce((sum, seconds) => sum + seconds, 0) : null,
          commits: commits - countedBefore.commits,
          syncs: syncs === null ? null : syncs - (countedBefore.syncs ?? 0),
        };
      } finally {
        await client.end();
      }
    },
  };
}
