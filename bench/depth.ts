import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openDatabase } from '../src/database/open-database.ts';
import { createLogger } from '../src/monitoring/logger.ts';
import { SEEDED, seedInbox } from '../test/support/seed-inbox.ts';
import { type Act, depthActs } from './depth-acts.ts';
import { samplePhoto } from './sample-photo.ts';
import { startServerProcess } from './server-process.ts';
import { median, quantile } from './statistics.ts';
import { startWebhookStream, type WebhookStream } from './webhook-stream.ts';

// `npm run bench:depth`: lists, dry runs, an export, a bulk act and an erasure on 200,000 messages with
// media, and how long ten webhooks a second wait beside each. BENCH_DATABASE_URL names an empty database on a
// PostgreSQL server; without it the database is the embedded one. BENCH_ROWS is another number of messages,
// BENCH_FOLDER a data folder that is kept and used again: what one run erases is missing in the next. BENCH_ACTS measures
// only what has a name that matches this expression, such as `word`.
//
// Ends with 1 when a webhook waited longer than a second, or a statement that a reader caused took longer
// than 100 ms on the embedded database.

const ROWS = Number(process.env.BENCH_ROWS ?? 200_000);
const MAX_WAIT_MS = 1000;
const MAX_STATEMENT_MS = 100;
/** A reader that pages as fast as it is answered. */
const READ_FOR_MS = 1500;
const ACCOUNT = { accountSid: SEEDED.account, authToken: 'bench-auth-token' };
/** That is looked for: what is measured is the comparison. */
const PICTURE = { width: 640, height: 480 };
const KEY = 'bench-admin-key-0123456789';
const PUBLIC_URL = 'https://mms.example.com';

interface Row {
  '': string;
  'answer ms': number;
  'statement ms': number;
  'webhooks p99 ms': number;
  'webhooks longest ms': number;
  over: string;
}

const databaseUrl = process.env.BENCH_DATABASE_URL;
const kept = process.env.BENCH_FOLDER;
const folder = kept ?? (await mkdtemp(join(tmpdir(), 'mms-inbox-bench-')));
const dataDir = join(folder, 'data');
const statementsFile = join(folder, 'statements.ndjson');
await mkdir(dataDir, { recursive: true });
await seedOnce();
await writeFile(statementsFile, '');
const server = await startServerProcess(
  'bench/depth-server.ts',
  {
    PUBLIC_URL,
    TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    ADMIN_API_KEY: KEY,
    DATA_DIR: dataDir,
    // There is no Twilio.
    DELETE_UPSTREAM: 'never',
    BENCH_STATEMENTS: statementsFile,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  },
  'ignore',
);
const webhooks = startWebhookStream({ ...ACCOUNT, baseUrl: server.url, publicUrl: PUBLIC_URL });
try {
  // What is done at every start is not what is measured.
  await setTimeout(5000);
  const rows: Row[] = [];
  const measured = { url: server.url, key: KEY, account: ACCOUNT, rows: ROWS, idleMs: READ_FOR_MS };
  const chosen = new RegExp(process.env.BENCH_ACTS ?? '');
  const acts = depthActs(measured, await samplePhoto(PICTURE));
  for (const act of acts.filter(({ name }) => chosen.test(name))) {
    rows.push(await measure(act, webhooks));
  }
  console.log(
    `${ROWS} messages, ten webhooks a second; database: ` +
      `${databaseUrl === undefined ? 'embedded' : 'PostgreSQL'}`,
  );
  console.table(rows);
  if (rows.some(({ over }) => over !== '')) process.exitCode = 1;
} finally {
  await webhooks.stop();
  await server.stop();
  if (kept === undefined) await rm(folder, { recursive: true, force: true });
}

async function seedOnce(): Promise<void> {
  const database = await openDatabase({ databaseUrl, dataDir }, createLogger('error'));
  const isSeeded = await database.prisma.bulkAct.count({ where: { id: SEEDED.bulkAct } });
  if (isSeeded === 0) await seedInbox(database, ROWS);
  await database.close();
}

async function measure({ name, isRead, run }: Act, stream: WebhookStream): Promise<Row> {
  const { length } = await readFile(statementsFile);
  const startedAt = performance.now();
  const answers: number[] = [];
  do {
    const askedAt = performance.now();
    await run();
    answers.push(performance.now() - askedAt);
  } while (isRead && performance.now() - startedAt < READ_FOR_MS);
  // At least a few are sent beside what takes no time.
  await setTimeout(300);
  const waits = await stream.waitsSince(startedAt);
  const longest = await longestStatement(length);
  const isSlow = isRead && databaseUrl === undefined && longest.ms > MAX_STATEMENT_MS;
  if (isSlow) console.error(`${name}: ${Math.round(longest.ms)} ms\n${longest.text}\n`);
  const over = [
    ...(isSlow ? ['statement'] : []),
    ...(Math.max(...waits) > MAX_WAIT_MS ? ['webhooks'] : []),
  ];
  return {
    '': name,
    'answer ms': Math.round(median(answers)),
    'statement ms': Math.round(longest.ms),
    'webhooks p99 ms': Math.round(quantile(waits, 0.99)),
    'webhooks longest ms': Math.round(Math.max(...waits)),
    over: over.join(', '),
  };
}

/** Of those that were written down behind so many bytes; the queue's and the upkeep's own are left out. */
async function longestStatement(from: number): Promise<{ ms: number; text: string }> {
  const lines = (await readFile(statementsFile)).subarray(from).toString().split('\n');
  const statements = lines.flatMap((line): { ms: number; text: string }[] =>
    line === '' ? [] : [JSON.parse(line)],
  );
  return statements
    .filter(
      ({ text }) => !/pgboss|^\s*(VACUUM|ANALYZE|CHECKPOINT|BEGIN|COMMIT|ROLLBACK)/.test(text),
    )
    .reduce((most, one) => (one.ms > most.ms ? one : most), { ms: 0, text: '' });
}
