import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import type { FakeTwilioReport } from './fake-twilio.ts';
import { startHelperProcess } from './helper-process.ts';
import { sendAll } from './message-sender.ts';
import { mebibytes } from './pipeline-report.ts';
import { ACCOUNT, DATABASE_NAME, POSTGRES_URL, startPipelineServer } from './pipeline-server.ts';
import { peakBytes, watchMemory } from './process-memory.ts';
import { startSlowLink } from './slow-link.ts';

// `npm run bench:memory`: how much memory and scratch space a server with both roles takes on PostgreSQL (the server
// that BENCH_DATABASE_URL names) while 1,000 messages wait, each with a file of 5 MB: while its files go to a disk, to
// a slow bucket that refuses some writes, and on a slow database. Each case is a server of its own. It prints the peak
// resident memory of the server process (VmHWM), of its decoders together, and of its scratch folder, and how many
// attachments were stored; it exits with 1 when the server had more than 350 MiB. Linux only.
//
//   --messages 1000
//   --seconds 120              the most that a case takes after its last webhook
//   --case disk                only that one: disk, bucket or database

const MAX_SERVER_BYTES = 350 * 1024 ** 2;
const BUCKET_BYTES_A_SECOND = 2e6;
const REFUSED_WRITES = 0.1;
const DATABASE_DELAY_MS = 50;
const LOOK_EVERY_MS = 200;
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' };

const { values: options } = parseArgs({
  options: {
    messages: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '120' },
    case: { type: 'string' },
  },
});
const MESSAGES = Number(options.messages);

/** The environment of one case, and what was started for it. */
interface Case {
  env: Record<string, string>;
  close(): void;
}

const CASES: Record<string, (folder: string) => Promise<Case>> = {
  disk: async () => ({ env: {}, close: () => undefined }),
  async bucket(folder) {
    const bucket = startHelperProcess('slow-s3.ts', [
      join(folder, 'objects'),
      String(BUCKET_BYTES_A_SECOND),
      String(REFUSED_WRITES),
    ]);
    const env = { ...CREDENTIALS, BLOB_STORE_URL: String(await bucket.ask()) };
    return { env, close: () => bucket.stop() };
  },
  async database() {
    const url = new URL(databaseUrl());
    const link = await startSlowLink(
      { host: url.hostname, port: Number(url.port || 5432) },
      DATABASE_DELAY_MS,
    );
    url.host = `127.0.0.1:${link.port}`;
    return { env: { DATABASE_URL: url.href }, close: () => link.close() };
  },
};

const wanted = options.case === undefined ? Object.keys(CASES) : [options.case];
for (const name of wanted) {
  const prepare = CASES[name];
  if (prepare === undefined) throw new Error(`--case is one of ${Object.keys(CASES).join(', ')}`);
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-bench-'));
  const one = await prepare(folder);
  try {
    await measure(name, folder, one.env);
  } finally {
    one.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(name: string, folder: string, env: Record<string, string>): Promise<void> {
  const { accountSid, authToken } = ACCOUNT;
  const twilio = startHelperProcess('fake-twilio.ts', ['padded', accountSid, authToken]);
  const report = (await twilio.ask()) as FakeTwilioReport;
  const server = await startPipelineServer('postgres', folder, report, availableParallelism());
  const database = new pg.Client({ connectionString: databaseUrl() });
  try {
    await server.restart(env);
    await database.connect();
    const memory = watchMemory(server.pid);
    const scratch = watchFolder(join(folder, 'postgres', 'blobs', 'incoming'));
    await sendAll(server.sender.prepare(MESSAGES, 1));
    const stored = await untilStored(database);
    const { children } = memory.stop();
    const resident = peakBytes(server.pid);
    console.log(
      `${name}: ${stored} of ${MESSAGES} stored; peak of the server ${mebibytes(resident)} MiB, of its ` +
        `decoders together ${mebibytes(children)} MiB, of scratch files ${mebibytes(scratch.stop())} MiB`,
    );
    if (resident > MAX_SERVER_BYTES) process.exitCode = 1;
  } finally {
    twilio.stop();
    await database.end();
    await server.close();
  }
}

/** @returns how many are stored when all are, or when the time is over */
async function untilStored(database: pg.Client): Promise<number> {
  const deadline = Date.now() + Number(options.seconds) * 1000;
  for (;;) {
    const { rows } = await database.query<{ stored: number }>(
      "SELECT count(*)::int AS stored FROM media WHERE state = 'stored'",
    );
    const stored = rows[0]?.stored ?? 0;
    if (stored === MESSAGES || Date.now() > deadline) return stored;
    await setTimeout(LOOK_EVERY_MS * 5);
  }
}

/** Looks again and again until it is stopped, and returns the most bytes that files in the folder had. */
function watchFolder(folder: string): { stop(): number } {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, bytesIn(folder));
  }, LOOK_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}

/** Files and folders may disappear meanwhile. */
function bytesIn(folder: string): number {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .map((entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return bytesIn(path);
        return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      })
      .reduce((sum, bytes) => sum + bytes, 0);
  } catch {
    return 0;
  }
}

function databaseUrl(): string {
  const url = new URL(POSTGRES_URL);
  url.pathname = `/${DATABASE_NAME}`;
  return url.href;
}
