import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Transaction } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { checkStandby } from '../../src/doctor/check-standby.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { sampleAttachment } from '../../src/simulator/samples/sample-attachments.ts';
import { callAs } from '../support/call-as.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import {
  findPostgres,
  type PostgresCluster,
  startPostgresCluster,
  startStandby,
} from './postgres-cluster.ts';

// Each test migrates a database of its own, beside a primary and a standby.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const UNUSABLE = 'the standby cannot be used: lists are read from the primary';
const USED_AGAIN = 'lists are read from the standby again';
/** A standby that failed is looked at again after 10 s. */
const AGAIN_MS = 30_000;

const bin = findPostgres();
let primary: PostgresCluster | undefined;
let standby: PostgresCluster | undefined;
let inbox: TestInbox | undefined;

beforeAll(async () => {
  if (bin === null) return;
  primary = await startPostgresCluster(bin);
  standby = await startStandby(bin, primary);
});
afterAll(async () => {
  await standby?.remove();
  await primary?.remove();
});

/** Each test has a database of its own. */
let name = 0;
beforeEach(async (context) => {
  if (primary === undefined) return context.skip('there is no PostgreSQL to replicate');
  name += 1;
  await onServer(primary, 'postgres', `CREATE DATABASE test_${name}`);
});
afterEach(async () => {
  await inbox?.stop();
  inbox = undefined;
});

function urlOf(cluster: PostgresCluster | undefined, database = `test_${name}`): string {
  return Object.assign(new URL(cluster?.url ?? ''), { pathname: database }).href;
}

async function onServer(
  cluster: PostgresCluster,
  database: string,
  statement: string,
): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(cluster, database) });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

async function start(): Promise<TestInbox> {
  inbox = await startTestInbox({
    DATABASE_URL: urlOf(primary),
    DATABASE_READ_URL: urlOf(standby),
  });
  return inbox;
}

async function onStandby(statement: string): Promise<void> {
  if (standby !== undefined) await onServer(standby, 'postgres', statement);
}

/** How many lists were read where, so far. */
async function readsOf({ url }: TestInbox): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const samples = text.matchAll(/^mms_inbox_list_reads_total\{outcome="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries(Array.from(samples, ([, outcome, count]) => [outcome, Number(count)]));
}

async function lagOf({ url }: TestInbox): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^mms_inbox_standby_lag_bytes (\S+)$/m.exec(text)?.[1]);
}

const messagesOf = (lines: readonly string[]) =>
  lines.map((line) => (JSON.parse(line) as { msg: string }).msg);

async function receivePictures(at: TestInbox, count: number): Promise<string[]> {
  const attachments = Array.from({ length: count }, (_, seed) =>
    sampleAttachment('landscape', seed),
  );
  const { message } = await at.receive({ attachments: await Promise.all(attachments) });
  const media = await at.mediaOf(message.sid, 'stored');
  return media.map(({ sid }) => sid);
}

const LISTS = [
  '/api/v1/media',
  '/api/v1/messages',
  '/api/v1/media/buckets?unit=day&timeZone=UTC',
  '/api/v1/media/page-starts?every=1',
  '/api/v1/audit',
  '/api/v1/figures',
];

test('lists are read from the standby, and have what was committed before the request', async () => {
  const { api } = await start();
  const at = inbox as TestInbox;
  for (let round = 0; round < 5; round += 1) {
    const [sid] = await receivePictures(at, 1);
    const { body } = await api('get', '/api/v1/media?limit=1').expect(200);
    expect(body.items[0].sid).toBe(sid);
  }
  for (const path of LISTS) {
    const { standby: before = 0 } = await readsOf(at);
    // On a busy machine replay takes longer than a list waits.
    await eventually(async () => {
      await api('get', path).expect(200);
      expect((await readsOf(at)).standby, path).toBeGreaterThan(before);
    });
  }
  await eventually(async () => expect(await lagOf(at)).toBe(0));
  expect(messagesOf(at.logLines)).not.toContain(UNUSABLE);
});

test('while replay is paused, what is deleted or held is in no list; afterwards the standby is used again', async () => {
  const at = await start();
  const { api } = at;
  const viewer = await callAs(at, 'viewer');
  const [deleted = '', held = '', kept = ''] = await receivePictures(at, 3);
  const sidsFor = async (call: typeof viewer) => {
    const { body } = await call('get', '/api/v1/media').expect(200);
    return body.items.map(({ sid }: { sid: string }) => sid).toSorted();
  };
  expect(await sidsFor(viewer)).toEqual([deleted, held, kept].toSorted());

  await onStandby('SELECT pg_wal_replay_pause()');
  await api('delete', `/api/v1/media/${deleted}`).expect(204);
  await api('post', `/api/v1/media/${held}/decision`).send({ decision: 'hold' }).expect(200);
  expect(await sidsFor(viewer)).toEqual([kept]);
  expect(await sidsFor(api)).toEqual([held, kept].toSorted());
  const { body } = await viewer('get', '/api/v1/messages').expect(200);
  const [message] = body.items as { media: { sid: string; state: string }[] }[];
  expect(message?.media.map(({ sid, state }) => [sid, state])).toEqual([
    [deleted, 'deleted'],
    [kept, 'stored'],
  ]);
  expect((await readsOf(at)).behind).toBeGreaterThan(0);
  expect(await lagOf(at)).toBeGreaterThan(0);

  await onStandby('SELECT pg_wal_replay_resume()');
  const { standby: before = 0 } = await readsOf(at);
  await eventually(async () => {
    expect(await sidsFor(viewer)).toEqual([kept]);
    expect((await readsOf(at)).standby).toBeGreaterThan(before);
  });
});

test('a standby that stops, and comes back: every list is answered, and it is logged once', async () => {
  const at = await start();
  const list = () => at.api('get', '/api/v1/media').expect(200);
  await receivePictures(at, 1);
  await list();
  await standby?.stop('immediate');
  for (let n = 0; n < 5; n += 1) expect((await list()).body.items).toHaveLength(1);
  expect(messagesOf(at.logLines).filter((text) => text === UNUSABLE)).toHaveLength(1);
  expect(await lagOf(at)).toBeNaN();
  await at.api('get', '/readyz').expect(200);

  await standby?.start();
  await eventually(async () => {
    await list();
    expect(messagesOf(at.logLines)).toContain(USED_AGAIN);
  }, AGAIN_MS);
  expect(messagesOf(at.logLines).filter((text) => text === UNUSABLE)).toHaveLength(1);
});

test('a list sees what was replayed since it began to wait, whatever level the standby prefers', async () => {
  await start();
  await onStandby("ALTER SYSTEM SET default_transaction_isolation = 'repeatable read'");
  await onStandby('SELECT pg_reload_conf()');
  const urls = { databaseUrl: urlOf(primary), databaseReadUrl: urlOf(standby), dataDir: '' };
  const database = await openDatabase(urls, createLogger('silent'));
  try {
    await eventually(async () => {
      const [row] = await database.lists.read(
        (db) => db.$queryRaw<[{ level: string; isStandby: boolean }]>`
          SELECT current_setting('transaction_isolation') AS level, pg_is_in_recovery() AS "isStandby"`,
      );
      expect(row).toEqual({ level: 'read committed', isStandby: true });
    });
  } finally {
    await database.close();
    await onStandby('ALTER SYSTEM RESET default_transaction_isolation');
    await onStandby('SELECT pg_reload_conf()');
  }
});

test('a list that conflicts with recovery is read from the primary', async () => {
  await start();
  await onStandby("ALTER SYSTEM SET max_standby_streaming_delay = '0'");
  await onStandby('SELECT pg_reload_conf()');
  const outcomes: string[] = [];
  const urls = { databaseUrl: urlOf(primary), databaseReadUrl: urlOf(standby), dataDir: '' };
  const database = await openDatabase(urls, createLogger('silent'), (outcome) => {
    outcomes.push(outcome);
  });
  try {
    const from: boolean[] = [];
    await database.lists.read(async (db) => {
      const [{ isStandby }] = await db.$queryRaw<[{ isStandby: boolean }]>`
        SELECT pg_is_in_recovery() AS "isStandby" FROM (SELECT count(*) FROM media) AS one`;
      from.push(isStandby);
      if (!isStandby) return;
      // The replay of this lock ends whoever reads the table.
      await database.prisma.$executeRaw`ALTER TABLE media SET (fillfactor = 100)`;
      await db.$queryRaw`SELECT pg_sleep(60)`;
    });
    expect(from).toEqual([true, false]);
    expect(outcomes).toEqual(['conflict']);
  } finally {
    await database.close();
  }
});

test('a list for which there is no connection is read from the primary, and the standby goes on', async () => {
  const outcomes: string[] = [];
  const urls = { databaseUrl: urlOf(primary), databaseReadUrl: urlOf(standby), dataDir: '' };
  const { lists, close } = await openDatabase(urls, createLogger('silent'), (outcome) => {
    outcomes.push(outcome);
  });
  const isOnStandby = async (db: Transaction) => {
    const [row] = await db.$queryRaw<[{ is: boolean }]>`SELECT pg_is_in_recovery() AS is`;
    return row.is;
  };
  const end = Promise.withResolvers<void>();
  const reads: Promise<void>[] = [];
  /** @returns whether a list has a connection to the standby, until the end */
  function hold(): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const read = lists.read(async (db) => {
      const isHeld = await isOnStandby(db);
      resolve(isHeld);
      if (isHeld) await end.promise;
    });
    read.catch(reject);
    reads.push(read);
    return promise;
  }
  try {
    for (let held = 0; held < 10; ) if (await hold()) held += 1;
    expect(await lists.read(isOnStandby)).toBe(false);
    expect(outcomes.at(-1)).toBe('busy');
    end.resolve();
    await Promise.all(reads);
    await eventually(async () => expect(await lists.read(isOnStandby)).toBe(true));
    expect(outcomes).not.toContain('failed');
  } finally {
    end.resolve();
    await close();
  }
});

test('a role that may not read statistics is enough for the standby', async () => {
  if (primary === undefined) return;
  await onServer(primary, 'postgres', 'CREATE ROLE reader LOGIN');
  const outcomes: string[] = [];
  const databaseReadUrl = Object.assign(new URL(urlOf(standby)), { username: 'reader' }).href;
  const config = { databaseUrl: urlOf(primary), databaseReadUrl, dataDir: '' };
  const database = await openDatabase(config, createLogger('silent'), (outcome) => {
    outcomes.push(outcome);
  });
  try {
    await eventually(async () => {
      await database.lists.read((db) => db.$queryRaw`SELECT 1`);
      expect(outcomes).toContain('standby');
    });
    expect(outcomes).not.toContain('failed');
  } finally {
    await database.close();
  }
});

test('a standby that follows the former primary after a failover is not read', async () => {
  if (bin === null || primary === undefined || standby === undefined) return;
  const [former, follower, here] = [primary, standby, `test_${name}`];
  await onServer(former, here, 'CREATE SCHEMA test CREATE TABLE shown (picture int)');
  const successor = await startStandby(bin, former);
  await onServer(successor, 'postgres', 'SELECT pg_promote()');
  const config = {
    databaseUrl: urlOf(successor),
    databaseReadUrl: urlOf(follower),
    dataDir: '',
  };
  const outcomes: string[] = [];
  const database = await openDatabase(config, createLogger('silent'), (outcome) => {
    outcomes.push(outcome);
  });
  try {
    await database.prisma.$executeRaw`INSERT INTO test.shown VALUES (1)`;
    // Nobody has stopped the former primary: the positions of its WAL pass those of its successor.
    await onServer(former, here, 'CREATE TABLE test.written AS SELECT generate_series(1, 500000)');
    await eventually(() => onServer(follower, here, 'SELECT FROM test.written LIMIT 1'));
    const shown = await database.lists.read((db) => db.$queryRaw`SELECT picture FROM test.shown`);
    expect(shown).toEqual([{ picture: 1 }]);
    expect(outcomes).toEqual(['failed']);
    expect(await checkStandby(config)).toMatchObject([
      { state: 'warning', detail: expect.stringContaining('timeline of another primary') },
    ]);
  } finally {
    await database.close();
    await successor.remove();
  }
});

// The last test, because the standby is none afterwards.
test('a standby that is promoted is not read any more', async () => {
  const at = await start();
  await receivePictures(at, 1);
  await onStandby('SELECT pg_promote()');
  const [sid] = await receivePictures(at, 1);
  const { body } = await at.api('get', '/api/v1/media?limit=1').expect(200);
  expect(body.items[0].sid).toBe(sid);
  expect(messagesOf(at.logLines)).toContain(UNUSABLE);
});
