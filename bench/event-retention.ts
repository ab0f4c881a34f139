import pg from 'pg';
import { round } from './pipeline-report.ts';
import { secondsOf } from './process-time.ts';

// `npm run bench:events`: what an event takes of PostgreSQL from its row to its removal, in one table that is pruned by DELETE, and in
// one that is partitioned by month, of which a partition is dropped (docs/adr/0046-partitions.md). By processor time of the
// backend and bytes of the write-ahead log. BENCH_DATABASE_URL names a server; it has to be on this machine, and without other work
// for the log to be right. Linux only.

const SERVER = process.env.BENCH_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const EVENTS = Number(process.env.BENCH_EVENTS ?? 100_000);
const NAME = `bench_events_${process.pid}`;

const COLUMNS = `seq bigint NOT NULL DEFAULT nextval('event_seq'), id text NOT NULL, type text NOT NULL,
  message_sid text NOT NULL, media_sid text, data jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL, position bigint`;
const ONE_TABLE = [
  `CREATE TABLE event (${COLUMNS}, PRIMARY KEY (seq))`,
  'CREATE UNIQUE INDEX ON event (id)',
  'CREATE UNIQUE INDEX ON event (position)',
];
// Keys of a partitioned table contain the column that divides it: neither id nor position is unique alone.
const PARTITIONED = [
  `CREATE TABLE event (${COLUMNS}, PRIMARY KEY (seq, created_at)) PARTITION BY RANGE (created_at)`,
  'CREATE INDEX ON event (id)',
  'CREATE INDEX ON event (position)',
  'CREATE TABLE event_default PARTITION OF event DEFAULT',
  ...[1, 2, 3].map(
    (month) =>
      `CREATE TABLE event_${month} PARTITION OF event FOR VALUES FROM ('2026-0${month}-01') TO ('2026-0${month + 1}-01')`,
  ),
];
// As src/events/event-outbox.ts publishes and prunes.
const PUBLISH = `
  WITH batch AS (
    SELECT seq, $1::bigint + row_number() OVER (ORDER BY seq) AS position
    FROM (SELECT seq FROM event WHERE position IS NULL ORDER BY seq LIMIT 500) AS waiting
  ) UPDATE event SET position = batch.position FROM batch WHERE event.seq = batch.seq`;
const PRUNE = `
  DELETE FROM event WHERE created_at < '2026-02-01' AND position IN (
    SELECT position FROM event WHERE position IS NOT NULL ORDER BY position LIMIT 200)`;
const FIND = "SELECT position FROM event WHERE id = 'evt_' || md5($1)";

await onServer(`CREATE DATABASE ${NAME}`);
try {
  console.table([
    await measure('one table, pruned by DELETE', ONE_TABLE, prune),
    await measure('by month, a partition dropped', PARTITIONED, (client) =>
      client.query('DROP TABLE event_1'),
    ),
  ]);
} finally {
  await onServer(`DROP DATABASE ${NAME} WITH (FORCE)`);
}

async function measure(
  kind: string,
  schema: readonly string[],
  remove: (client: pg.Client) => Promise<unknown>,
) {
  const client = new pg.Client({
    connectionString: Object.assign(new URL(SERVER), { pathname: `/${NAME}` }).href,
  });
  await client.connect();
  try {
    await client.query(
      'DROP TABLE IF EXISTS event; DROP SEQUENCE IF EXISTS event_seq; CREATE SEQUENCE event_seq',
    );
    for (const statement of schema) await client.query(statement);
    await client.query('CHECKPOINT');
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const pid = rows[0]?.pid ?? 0;
    const step = async (work: () => Promise<unknown>, events: number) => {
      const [secondsBefore, walBefore] = [secondsOf(pid), await walOf(client)];
      await work();
      const [seconds, wal] = [secondsOf(pid) - secondsBefore, (await walOf(client)) - walBefore];
      return { us: (seconds * 1e6) / events, wal: wal / events };
    };
    const written = await step(() => write(client), EVENTS);
    const published = await step(() => publish(client), EVENTS);
    await client.query('VACUUM ANALYZE event');
    const found = await step(() => find(client), 2000);
    // A third of the events is of the month that is removed.
    const removed = await step(() => remove(client), EVENTS / 3);
    const vacuumed = await step(() => client.query('VACUUM event'), EVENTS / 3);
    return {
      '': kind,
      'µs to write': round(written.us),
      'to publish': round(published.us),
      'to find by id': round(found.us),
      'to remove': round(removed.us, 1),
      'to vacuum after that': round(vacuumed.us, 1),
      'bytes of WAL to write': round(written.wal),
      'WAL to publish': round(published.wal),
      'WAL to remove and vacuum': round(removed.wal + vacuumed.wal),
    };
  } finally {
    await client.end();
  }
}

/** Twenty events a statement, spread over three months. */
async function write(client: pg.Client): Promise<void> {
  for (let n = 0; n < EVENTS; n += 20) {
    await client.query({
      name: 'write',
      text: `INSERT INTO event (id, type, message_sid, media_sid, data, created_at)
        SELECT 'evt_' || md5(n::text), 'media.stored', 'MM' || md5(n::text), 'ME' || md5(n::text),
          jsonb_build_object('contentType', 'image/jpeg', 'byteSize', n, 'sha256', md5(n::text) || md5(n::text)),
          '2026-01-01'::timestamptz + n * interval '89 days' / $2::int
        FROM generate_series($1::int, $1::int + 19) AS n`,
      values: [n, EVENTS],
    });
  }
}

async function publish(client: pg.Client): Promise<void> {
  for (let last = 0, count: number; ; last += count) {
    count = (await client.query({ name: 'publish', text: PUBLISH, values: [last] })).rowCount ?? 0;
    if (count === 0) return;
  }
}

async function prune(client: pg.Client): Promise<void> {
  for (let count = 200; count === 200; ) {
    count = (await client.query({ name: 'prune', text: PRUNE })).rowCount ?? 0;
  }
}

async function find(client: pg.Client): Promise<void> {
  for (let n = 0; n < 2000; n += 1) {
    await client.query({ name: 'find', text: FIND, values: [String((n * 37) % EVENTS)] });
  }
}

async function walOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ bytes: number }>(
    "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS bytes",
  );
  return rows[0]?.bytes ?? Number.NaN;
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
