import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/database/open-database.ts';
import { createPgBossQueue } from '../../src/jobs/pg-boss-queue.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { startPgBouncer } from './pgbouncer.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /**
     * What each test file copies: a tar file of a data folder, or a database on a server, which `poolerUrl` leads to
     * through a pooler.
     */
    databaseTemplate:
      | { tarFile: string }
      | { serverUrl: string; poolerUrl: string | undefined; name: string };
  }
}

const NAME = `mms_inbox_template_${process.pid}`;

/**
 * Migrates one database, so that each test file starts on a copy instead of from nothing. With
 * `TEST_DATABASE_URL` it is a database on that server, otherwise an embedded one. With `TEST_POOLER=on` the tests reach
 * that server through PgBouncer.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const serverUrl = process.env.TEST_DATABASE_URL;
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-template-'));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  const dataDir = join(folder, 'data');
  if (serverUrl === undefined || serverUrl === '') {
    await migrate({ dataDir, databaseUrl: undefined });
    const tarFile = join(folder, 'data.tar');
    await promisify(execFile)('tar', ['-C', dataDir, '-cf', tarFile, '.']);
    project.provide('databaseTemplate', { tarFile });
    return removeFolder;
  }
  await onServer(serverUrl, `CREATE DATABASE ${NAME}`);
  await migrate({ dataDir, databaseUrl: databaseUrl(serverUrl, NAME) });
  const pooler = process.env.TEST_POOLER === 'on' ? await startPgBouncer(serverUrl) : undefined;
  project.provide('databaseTemplate', {
    serverUrl,
    poolerUrl: pooler?.urlOf(serverUrl),
    name: NAME,
  });
  return async () => {
    await pooler?.remove();
    await onServer(serverUrl, `DROP DATABASE IF EXISTS ${NAME} WITH (FORCE)`);
    await removeFolder();
  };
}

/** The URL of another database on the same server. */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs one statement on the server's own database. */
export async function onServer(serverUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function migrate(config: { dataDir: string; databaseUrl: string | undefined }) {
  const log = createLogger('error');
  const database = await openDatabase(config, log);
  const queue = createPgBossQueue(database, log);
  await queue.start();
  await queue.stop();
  await database.close();
}
