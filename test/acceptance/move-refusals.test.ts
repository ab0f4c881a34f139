import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { asError } from '../../src/errors/caught.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import type { NewPlace } from '../../src/move/new-store.ts';
import { type MoveReport, runMove } from '../../src/move/run-move.ts';
import { databaseUrl, onServer } from '../support/database-templates.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import {
  createEmptyDatabase,
  type EmptyDatabase,
  readAllRows,
} from '../support/moved-installation.ts';
import { hasPgBouncer, startPgBouncer } from '../support/pgbouncer.ts';
import { seedInbox } from '../support/seed-inbox.ts';
import { smallPicture } from '../support/small-picture.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const SERVER = process.env.TEST_DATABASE_URL ?? '';
// A move creates all tables of the target, and some tests do several.
const MINUTES = { timeout: 300_000 };

interface Place {
  dataDir: string;
  databaseUrl: string | undefined;
}

function move(place: Place, toDatabase: string, toBlobs?: NewPlace): Promise<MoveReport> {
  const { config } = loadConfig(inboxEnv(place));
  const progress = { begin: () => undefined, advance: () => undefined };
  const holdSnapshot = () => Promise.reject(new Error('not embedded'));
  return runMove({ config, toDatabase, toBlobs, holdSnapshot, progress }, createLogger('silent'));
}

let target: EmptyDatabase;
beforeEach(async () => {
  if (SERVER !== '') target = await createEmptyDatabase();
});
afterEach(() => target?.remove());

describe.runIf(SERVER !== '')('a seeded database', () => {
  let source: TestDatabase;
  beforeAll(async () => {
    source = await createTestDatabase();
    const database = await openDatabase(source, createLogger('error'));
    await seedInbox(database, 1000);
    await database.close();
  });
  afterAll(() => source.remove());

  const onSource = (sql: string) => onServer(source.databaseUrl ?? '', sql);
  const isRefused = (message: string, url = target.url) =>
    expect(move(source, url)).rejects.toThrow(message);

  test(
    'arrives whole, and again with what has changed, with unique values that have gone to other rows',
    MINUTES,
    async () => {
      const first = await move(source, target.url);
      expect(first).toMatchObject({ isDone: true, isInUse: false, problems: [] });
      for (const { source: ours, target: theirs } of first.tables) expect(theirs).toBe(ours);
      await onSource(`
      UPDATE message SET signature_hash = 'one' WHERE sid = (SELECT min(sid) FROM message);
      UPDATE message SET signature_hash = 'two' WHERE sid = (SELECT max(sid) FROM message)`);
      await move(source, target.url);
      await onSource(`
      UPDATE message SET signature_hash = NULL WHERE signature_hash = 'one';
      UPDATE message SET signature_hash = 'one', body = E'a\\tb\\\\{"}🌄' WHERE signature_hash = 'two';
      DELETE FROM note; DELETE FROM event_delivery WHERE position % 7 = 0;
      UPDATE media SET blob_sha256 = NULL WHERE sid = (SELECT min(sid) FROM media)`);
      expect(await move(source, target.url)).toMatchObject({ isDone: true });
      const there = await readAllRows({ ...source, databaseUrl: target.url });
      expect(there).toEqual(await readAllRows(source));
      const keys = (sql: string) =>
        `SELECT count(*)::int AS count FROM pg_constraint WHERE contype = 'f' ${sql}`;
      const [count] = await target.query(keys(''));
      expect(count).toEqual({ count: expect.any(Number) });
      expect(await target.query(keys('AND NOT convalidated'))).toEqual([{ count: 0 }]);
    },
  );

  test('is refused where the target cannot be used', async () => {
    const name = new URL(target.url).pathname.slice(1);
    await isRefused('does not exist', databaseUrl(SERVER, 'no_such_database'));
    const stranger = new URL(target.url);
    stranger.username = 'stranger';
    await isRefused('The target database cannot be used', stranger.href);
    await isRefused('The target is the database that would be moved', source.databaseUrl);
    await onServer(SERVER, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await isRefused('read-only');
    await onServer(SERVER, `ALTER DATABASE ${name} RESET default_transaction_read_only`);
    await target.query('CREATE TABLE theirs (id int)');
    await isRefused('is not empty: it has theirs');
    await target.query('DROP TABLE theirs');
    const other = new pg.Client({ connectionString: target.url });
    await other.connect();
    await other.query(`SELECT pg_advisory_lock(hashtextextended('mms-inbox move', 0))`);
    await isRefused('Another move fills this database now');
    await other.end();
    expect(
      await target.query(
        "SELECT FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
      ),
    ).toEqual([]);
  });

  test(
    'is refused from a database that another move has not filled completely',
    MINUTES,
    async () => {
      await onSource(`
      CREATE SCHEMA mms_inbox_move; CREATE TABLE mms_inbox_move.state (state text);
      INSERT INTO mms_inbox_move.state VALUES ('copying')`);
      try {
        await isRefused('is the target of a move that has not ended');
        const there = "SELECT FROM pg_tables WHERE schemaname IN ('public', 'mms_inbox_move')";
        expect(await target.query(there)).toEqual([]);
        await onSource("UPDATE mms_inbox_move.state SET state = 'done'");
        expect(await move(source, target.url)).toMatchObject({ isDone: true });
      } finally {
        await onSource('DROP SCHEMA mms_inbox_move CASCADE');
      }
    },
  );

  test.skipIf(!hasPgBouncer())('is refused through a pooler, and takes no lock there', async () => {
    const pooler = await startPgBouncer(target.url, 'ignore_startup_parameters = options');
    try {
      const refused = await move(source, pooler.urlOf(target.url)).catch(asError);
      const left = await target.query(`
        SELECT 'lock' FROM pg_locks JOIN pg_database ON pg_database.oid = database
        WHERE locktype = 'advisory' AND datname = current_database()
        UNION ALL SELECT 'state' FROM pg_namespace WHERE nspname = 'mms_inbox_move'`);
      expect(left).toEqual([]);
      expect(refused).toMatchObject({
        message: expect.stringMatching(
          /^--to-database leads to a connection pooler: name the address/,
        ),
      });
    } finally {
      await pooler.remove();
    }
  });

  test('is refused in another encoding', async () => {
    const name = `${new URL(target.url).pathname.slice(1)}_latin`;
    await onServer(
      SERVER,
      `CREATE DATABASE ${name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`,
    );
    await isRefused('has the encoding LATIN1', databaseUrl(SERVER, name));
    await onServer(SERVER, `DROP DATABASE ${name}`);
  });

  test('is refused when the source is of another version', async () => {
    await onSource(
      `UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations)`,
    );
    await isRefused('of an older version');
    await onSource('UPDATE _prisma_migrations SET finished_at = now() WHERE finished_at IS NULL');
    await onSource(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'x', '29990101000000_new', now())`,
    );
    await isRefused('of a newer version');
    await onSource(`DELETE FROM _prisma_migrations WHERE id = 'x'`);
  });

  test('names rows that the target does not take', MINUTES, async () => {
    await move(source, target.url);
    await target.query(
      `CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
    );
    await target.query(
      'CREATE TRIGGER lose BEFORE INSERT ON report FOR EACH ROW EXECUTE FUNCTION lose()',
    );
    await onSource(
      `INSERT INTO report (id, media_sid, reported_by, reason) SELECT 'lost', min(sid), 'x', 'y' FROM media`,
    );
    const report = await move(source, target.url);
    expect(report.isDone).toBe(false);
    const differing = report.tables.filter(({ differences }) => differences.length > 0);
    expect(differing).toMatchObject([
      { name: 'public.report', differences: ['missing at the target: lost'] },
    ]);
  });
});

describe.runIf(SERVER !== '')('a server on PostgreSQL', () => {
  let inbox: TestInbox;
  let folder: string;
  beforeAll(async () => {
    inbox = await startTestInbox({ BLOB_STORE_URL: '' });
    folder = await mkdtemp(join(tmpdir(), 'mms-inbox-new-'));
  });
  afterAll(async () => {
    await inbox.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test(
    'is copied while it runs; its last move needs it stopped, and files that are damaged are named',
    MINUTES,
    async () => {
      const attachments = await Promise.all(
        [1, 2, 3].map(async (seed) => ({
          bytes: await smallPicture(seed),
          contentType: 'image/png',
        })),
      );
      const { message } = await inbox.receive({ attachments });
      const items = await inbox.mediaOf(message.sid, 'stored');
      const place = { folder, s3: undefined };
      expect(await move(inbox, target.url, place)).toMatchObject({ isInUse: true, isDone: false });
      await expect(move(inbox, target.url)).rejects.toThrow(
        'This move was begun with files to file://',
      );

      await inbox.restart({}, async () => {
        const { prisma, close } = await openDatabase(inbox, createLogger('error'));
        const { key } = await prisma.blob.findFirstOrThrow({
          where: { sha256: String(items[0]?.sha256) },
        });
        await close();
        await rm(join(inbox.dataDir, 'blobs', key));
        expect(await move(inbox, target.url, place)).toMatchObject({ isDone: true, problems: [] });
        const second = await createEmptyDatabase();
        const report = await move(inbox, second.url, {
          folder: join(folder, 'second'),
          s3: undefined,
        });
        expect(report).toMatchObject({ isDone: true, problems: [{ key, problem: 'missing' }] });
        await second.remove();
      });
      const [{ key }] = (await target.query(
        `SELECT key FROM blob WHERE sha256 = '${items[0]?.sha256}'`,
      )) as [{ key: string }];
      expect(await readFile(join(folder, key))).toEqual(await smallPicture(1));
    },
  );
});
