import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { createEmbeddedPool } from '../../../../src/database/embedded/embedded-pool.ts';
import { applyMigrations } from '../../../../src/database/migrations/apply-migrations.ts';
import { diffSchema } from '../../../../src/database/migrations/diff-schema.ts';
import { readMigrationHistory } from '../../../../src/database/migrations/schema-engine.ts';
import { openDatabase } from '../../../../src/database/open-database.ts';
import { findRareWords, TEXT_INDEX } from '../../../../src/database/text-search.ts';
import { createLogger } from '../../../../src/monitoring/logger.ts';
import { databaseUrl, onServer } from '../../../support/database-templates.ts';
import { createTestDatabase } from '../../../support/test-database.ts';

test('the migrations make exactly the schema (if not: npm run migrate:new -- <name>)', async () => {
  expect(await diffSchema()).toBe('');
});

test('a migrated database is left as it is by the next start', async () => {
  const test = await createTestDatabase();
  const database = await openDatabase(test, createLogger('silent'));
  const rows = await database.prisma.$queryRaw<{ migration_name: string }[]>`
    SELECT migration_name FROM _prisma_migrations ORDER BY migration_name`;
  const history = await readMigrationHistory();
  expect(rows.map((row) => row.migration_name)).toEqual(
    history.migrationDirectories.map(({ path }) => path),
  );
  await database.close();
  await test.remove();
});

test('a migration that was broken off has not happened, and the next start applies it', async () => {
  const pglite = await PGlite.create();
  const pool = createEmbeddedPool(pglite, (error) => {
    throw error;
  });
  let statements = 0;
  let breakAt = 1;
  const breaking = {
    async connect() {
      const client = await pool.connect();
      return {
        release: (isBroken: boolean) => client.release(isBroken),
        query(...values: Parameters<typeof client.query>) {
          statements += 1;
          if (statements === breakAt) return Promise.reject(new Error('Connection terminated'));
          return client.query(...values);
        },
      };
    },
  } as unknown as pg.Pool;
  let breaks = 0;
  for (let isWhole = false; !isWhole; breakAt += 23) {
    statements = 0;
    const applied = applyMigrations(breaking);
    isWhole = await applied.then(
      () => true,
      ({ message }: Error) => {
        expect(message).toBe('Connection terminated');
        return false;
      },
    );
    if (!isWhole) breaks += 1;
  }
  const { rows } = await pool.query(
    'SELECT migration_name, finished_at FROM _prisma_migrations ORDER BY migration_name',
  );
  const { migrationDirectories } = await readMigrationHistory();
  expect(rows.map((row) => row.migration_name)).toEqual(
    migrationDirectories.map(({ path }) => path),
  );
  expect(rows.filter((row) => row.finished_at === null)).toEqual([]);
  expect(breaks).toBeGreaterThan(3);
  await pool.end();
  await pglite.close();
});

test('what the blocklist has caught until now is found in the audit log', async () => {
  const test = await createTestDatabase();
  const { prisma, close } = await openDatabase(test, createLogger('silent'));
  const actor = 'system:blocklist';
  const entry = { actor, action: 'media.quarantine', target: 'ME1' };
  await prisma.auditEntry.createMany({
    data: [
      { ...entry, reason: 'matches blocklist entry 12, distance 8' },
      { ...entry, reason: 'matches blocklist entry 12, distance 9' },
      { ...entry, target: 'ME2', reason: 'matches blocklist entry 7, the same bytes' },
      {
        ...entry,
        actor: 'ada',
        target: 'ME3',
        reason: 'matches blocklist entry 7, the same bytes',
      },
      { ...entry, target: 'ME4', reason: null },
    ],
  });
  const migration = (await readMigrationHistory()).migrationDirectories.find(({ path }) =>
    path.endsWith('_blocklist_catches'),
  );
  const sql = migration?.migrationFile.content.value ?? '';
  const [, insert = ''] = /(INSERT INTO "blocklist_catch"[^;]*;)/.exec(sql) ?? [];
  await prisma.$executeRawUnsafe(insert);
  const caught = await prisma.blocklistCatch.findMany({ orderBy: { mediaSid: 'asc' } });
  expect(caught).toMatchObject([
    { entryId: 12n, mediaSid: 'ME1', distance: 8 },
    { entryId: 7n, mediaSid: 'ME2', distance: null },
  ]);
  await close();
  await test.remove();
});

test('processes that start together on an empty server migrate it once', async (context) => {
  const template = inject('databaseTemplate');
  if ('tarFile' in template) return context.skip('needs TEST_DATABASE_URL');
  const name = `mms_inbox_race_${process.pid}`;
  await onServer(template.serverUrl, `CREATE DATABASE ${name}`);
  const connectionString = databaseUrl(template.serverUrl, name);
  const applied = await Promise.all(
    [1, 2, 3].map(async () => {
      const pool = new pg.Pool({ connectionString });
      const names = await applyMigrations(pool);
      await pool.end();
      return names.length;
    }),
  );
  const { migrationDirectories } = await readMigrationHistory();
  expect(applied.toSorted()).toEqual([0, 0, migrationDirectories.length]);
  await onServer(template.serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
});

test('who may not create extensions has no index of texts, and everything else', async (context) => {
  const template = inject('databaseTemplate');
  if ('tarFile' in template) return context.skip('needs TEST_DATABASE_URL');
  const name = `mms_inbox_plain_${process.pid}`;
  await onServer(template.serverUrl, `CREATE DATABASE ${name}`);
  const url = databaseUrl(template.serverUrl, name);
  await onServer(url, `CREATE ROLE ${name}; GRANT CREATE, USAGE ON SCHEMA public TO ${name}`);
  const asUser = new URL(url);
  asUser.searchParams.set('options', `-c role=${name}`);
  const config = { databaseUrl: asUser.href, dataDir: '' };
  const database = await openDatabase(config, createLogger('silent'));
  const [{ index }] = await database.prisma.$queryRaw<[{ index: string | null }]>`
    SELECT to_regclass(${TEXT_INDEX})::text AS index`;
  expect(index).toBeNull();
  // Words are looked for from message to message.
  expect(await findRareWords(database.prisma, ['word'])).toBeNull();
  await database.close();
  await onServer(template.serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
  await onServer(template.serverUrl, `DROP ROLE ${name}`);
});
