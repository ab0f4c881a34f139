import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { openDatabase } from '../src/database/open-database.ts';
import { createLogger } from '../src/monitoring/logger.ts';
import { databaseUrl } from '../test/support/database-templates.ts';
import { seedInbox } from '../test/support/seed-inbox.ts';
import { SEEDED } from '../test/support/seed-rows.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

export const ACCOUNT = { accountSid: SEEDED.account, authToken: 'bench-auth-token' };
export const KEY = 'bench-admin-key-0123456789';
export const PUBLIC_URL = 'https://mms.example.com';

/** A deployment with so many messages; its database is there before it is started, and afterwards. */
export interface Deployment {
  rows: number;
  /** For `openDatabase`, while no server runs. */
  where: { dataDir: string; databaseUrl: string | undefined };
  /** Lines of JSON: statements that took longer than a few milliseconds. */
  statementsFile: string;
  start(): Promise<ServerProcess>;
  /** Removes a database on a server. */
  drop(): Promise<void>;
}

/**
 * Seeds a database, or continues to: on a server `bench_scale_<rows>`, otherwise the embedded one in `folder`.
 *
 * @param serverUrl of any database of a server; undefined for the embedded one
 */
export async function prepareDeployment(
  rows: number,
  folder: string,
  serverUrl: string | undefined,
): Promise<Deployment> {
  const name = `bench_scale_${rows}`;
  const kind = serverUrl === undefined ? 'embedded' : 'server';
  const dataDir = join(folder, `${kind}-${rows}`);
  const where = {
    dataDir,
    databaseUrl: serverUrl === undefined ? undefined : databaseUrl(serverUrl, name),
  };
  const statementsFile = join(dataDir, 'statements.ndjson');
  await mkdir(dataDir, { recursive: true });
  if (serverUrl !== undefined) await createDatabase(serverUrl, name);
  const database = await openDatabase(where, createLogger('error'));
  try {
    await seedInbox(database, rows, (done) => console.error(`${rows}: ${done}`));
  } finally {
    await database.close();
  }
  return {
    rows,
    where,
    statementsFile,
    async start() {
      await writeFile(statementsFile, '');
      const env = {
        PUBLIC_URL,
        TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
        TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
        ADMIN_API_KEY: KEY,
        DATA_DIR: dataDir,
        // There is no Twilio.
        DELETE_UPSTREAM: 'never',
        BENCH_STATEMENTS: statementsFile,
      };
      const { databaseUrl: url } = where;
      return startServerProcess(
        'bench/scale-server.ts',
        url === undefined ? env : { ...env, DATABASE_URL: url },
        'ignore',
      );
    },
    async drop() {
      if (serverUrl !== undefined) {
        await onServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }
    },
  };
}

async function createDatabase(serverUrl: string, name: string): Promise<void> {
  const found = await onServer(serverUrl, `SELECT FROM pg_database WHERE datname = '${name}'`);
  if (found === 0) await onServer(serverUrl, `CREATE DATABASE ${name}`);
}

async function onServer(url: string, sql: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rowCount } = await client.query(sql).finally(() => client.end());
  return rowCount ?? 0;
}
