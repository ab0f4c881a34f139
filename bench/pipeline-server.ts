import { join } from 'node:path';
import pg from 'pg';
import type { FakeTwilioReport } from './fake-twilio.ts';
import { createMessageSender, type MessageSender } from './message-sender.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import type { Api } from './stored-media.ts';

export type DatabaseKind = 'embedded' | 'postgres';

export const POSTGRES_URL =
  process.env.BENCH_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
/** Two runs at once do not share it. */
export const DATABASE_NAME = `bench_pipeline_${process.pid}`;
export const DATABASE_URL = Object.assign(new URL(POSTGRES_URL), {
  pathname: `/${DATABASE_NAME}`,
}).href;
export const ACCOUNT = {
  accountSid: `AC${'ab'.repeat(16)}`,
  authToken: 'bench-auth-token',
  publicUrl: 'https://mms.example.com',
};
// As `npm start` sets them.
const START_VARIABLES = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_TRIM_THRESHOLD_: '1048576',
  NODE_COMPILE_CACHE: 'node_modules/.cache/mms-inbox',
};
const KEY = 'bench-admin-key-0123456789';

/** The server under measurement on one kind of database, and what sends it messages. */
export interface PipelineServer extends Api {
  kind: DatabaseKind;
  pid: number;
  sender: MessageSender;
  /** Ends the process and starts another on the same data, with more in its environment. */
  restart(env: Record<string, string>): Promise<void>;
  /** Starts processes beside it that only run jobs, on the same database and folder. */
  startWorkers(count: number): Promise<ServerProcess[]>;
  /** Ends the process and removes its database; the folder is the caller's. */
  close(): Promise<void>;
}

/** @param concurrency how many pictures are decoded at once */
export async function startPipelineServer(
  kind: DatabaseKind,
  folder: string,
  twilio: FakeTwilioReport,
  concurrency: number,
): Promise<PipelineServer> {
  const env: Record<string, string> = {
    ...START_VARIABLES,
    PUBLIC_URL: ACCOUNT.publicUrl,
    TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    TWILIO_API_BASE_URL: twilio.apiUrl,
    MEDIA_REDIRECT_HOSTS: twilio.mediaHost,
    ADMIN_API_KEY: KEY,
    DATA_DIR: join(folder, kind),
    PREVIEW_CONCURRENCY: String(concurrency),
  };
  if (kind === 'postgres') {
    await onPostgres(`CREATE DATABASE ${DATABASE_NAME}`);
    env.DATABASE_URL = DATABASE_URL;
  }
  let running: Promise<ServerProcess> | undefined;
  async function start(more: Record<string, string>): Promise<void> {
    // The log is as it is by default: to write it is part of the work.
    running = startServerProcess('src/main.ts', { ...env, ...more }, 'ignore');
    const { url, pid } = await running;
    server.url = url;
    server.pid = pid;
  }
  /** Waits for one that is starting. One that did not start is an error to who started it. */
  async function stop(): Promise<void> {
    const process = await running?.catch(() => undefined);
    await process?.stop();
  }

  const server: PipelineServer = {
    kind,
    url: '',
    key: KEY,
    pid: 0,
    sender: createMessageSender(ACCOUNT, () => server.url),
    async restart(more) {
      await stop();
      await start(more);
    },
    startWorkers: (count) =>
      Promise.all(
        Array.from({ length: count }, () =>
          startServerProcess('src/main.ts', { ...env, ROLES: 'worker' }, 'ignore'),
        ),
      ),
    async close() {
      await server.sender.close();
      await stop();
      if (kind === 'postgres') {
        await onPostgres(`DROP DATABASE IF EXISTS ${DATABASE_NAME} WITH (FORCE)`);
      }
    },
  };
  try {
    await start({});
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

async function onPostgres(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRES_URL });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
