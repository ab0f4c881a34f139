import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import pg from 'pg';
import { openDatabase } from '../../src/database/open-database.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { databaseUrl, onServer } from './database-templates.ts';
import type { CommandEnd } from './run-command.ts';

/** An empty database on the server of TEST_DATABASE_URL. */
export interface EmptyDatabase {
  url: string;
  query<T extends object>(text: string): Promise<T[]>;
  remove(): Promise<void>;
}

export async function createEmptyDatabase(): Promise<EmptyDatabase> {
  const server = process.env.TEST_DATABASE_URL ?? '';
  const name = `mms_inbox_test_${randomBytes(6).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`);
  const url = databaseUrl(server, name);
  return {
    url,
    async query<T extends object>(text: string) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        const { rows } = await client.query<T>(text);
        return rows;
      } finally {
        await client.end();
      }
    },
    remove: () => onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** Runs `npm run cli -- move …` with the settings of the source; resolves also when it fails. */
export async function runMove(
  env: Record<string, string>,
  ...args: readonly string[]
): Promise<CommandEnd> {
  const options = { env: { PATH: process.env.PATH, ...env }, maxBuffer: 2 ** 25 };
  return promisify(execFile)(process.execPath, ['src/cli.ts', 'move', ...args], options).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code: Number(code), stdout, stderr }),
  );
}

/** What stands before the random part of the key of a file: store, path and writer. */
const KEY_START =
  /(?:s3:\/\/[^"/]+\/(?:[^"/]+\/)*?)?((?:blobs|previews|renditions)\/..\/[0-9a-f]{64})-[0-9a-f]{12}-/g;

/**
 * All rows of an installation whose servers have stopped, as JSON text, by table. Keys of files are without store and
 * writer, which a move changes; of jobs only what they are and when they are due.
 */
export async function readAllRows(place: {
  dataDir: string;
  databaseUrl: string | undefined;
}): Promise<Record<string, string[]>> {
  const database = await openDatabase(place, createLogger('error'));
  const { prisma } = database;
  try {
    await prisma.$executeRawUnsafe(`SET TimeZone = 'UTC'`);
    const tables = await prisma.$queryRawUnsafe<{ name: string }[]>(`
      SELECT quote_ident(tablename) AS name FROM pg_tables
      WHERE schemaname = 'public' AND tablename NOT IN ('_prisma_migrations', 'durability_check', 'seed_progress')`);
    const selects = Object.fromEntries(
      tables.map(({ name }) => [name, `SELECT to_jsonb(t)::text AS row FROM ${name} AS t`]),
    );
    selects.jobs = `
      SELECT jsonb_build_array(id, name, priority, data, replace(state::text, 'active', 'retry'), singleton_key,
        retry_count, start_after)::text AS row FROM pgboss.job WHERE state < 'completed'`;
    const rows: Record<string, string[]> = {};
    for (const [name, select] of Object.entries(selects)) {
      const found = await prisma.$queryRawUnsafe<{ row: string }[]>(select);
      rows[name] = found.map(({ row }) => row.replaceAll(KEY_START, '$1-')).sort();
    }
    return rows;
  } finally {
    await database.close();
  }
}
