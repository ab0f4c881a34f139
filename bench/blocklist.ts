import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../src/config/config.ts';
import { openDatabase } from '../src/database/open-database.ts';
import { createBlocklistIndex } from '../src/moderation/blocklist/blocklist-index.ts';
import { matchBlobs } from '../src/moderation/blocklist/match-blob.ts';
import { createLogger } from '../src/monitoring/logger.ts';
import { createPdqIndex } from '../src/pdq/pdq-index.ts';
import { startInbox } from '../src/server/inbox.ts';
import { median, quantile } from './statistics.ts';

// `npm run bench:blocklist`: uploads a list of a million PDQ hashes, asks for the newest media meanwhile,
// loads the list as a worker does, and matches pictures against it, beside a comparison in SQL. On the
// embedded database; BENCH_DATABASE_URL names an empty database on a server instead.

const LINES = Number(process.env.BENCH_LINES ?? 1_000_000);
const MATCHES = 200;
const KEY = 'benchmark-admin-key';
const log = createLogger('error');
const dataDir = await mkdtemp(join(tmpdir(), 'mms-inbox-bench-'));
const databaseUrl = process.env.BENCH_DATABASE_URL;

try {
  await upload();
  await match();
} finally {
  await rm(dataDir, { recursive: true, force: true });
}

async function upload(): Promise<void> {
  const { config } = loadConfig({
    TWILIO_ACCOUNT_SID: `AC${'ab'.repeat(16)}`,
    TWILIO_AUTH_TOKEN: 'bench-auth-token',
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    ADMIN_API_KEY: KEY,
    RECONCILE_INTERVAL_MINUTES: '0',
    ROLES: 'receiver',
  });
  const inbox = await startInbox(config, log);
  const headers = { authorization: `Bearer ${KEY}` };
  const form = new FormData();
  form.append('file', new Blob([list()]), 'list.txt');
  const startedAt = performance.now();
  let isDone = false;
  const uploading = fetch(`${inbox.url}/api/v1/blocklist`, { method: 'POST', body: form, headers })
    .then((answer) => answer.json())
    .finally(() => {
      isDone = true;
    });
  const waits: number[] = [];
  while (!isDone) {
    const askedAt = performance.now();
    await (await fetch(`${inbox.url}/api/v1/media`, { headers })).text();
    waits.push(performance.now() - askedAt);
  }
  const { added } = await uploading;
  const seconds = (performance.now() - startedAt) / 1000;
  const memory = Math.round(process.memoryUsage.rss() / 1024 ** 2);
  console.log(
    `upload: ${added} hashes in ${seconds.toFixed(1)} s; other requests meanwhile: median ` +
      `${median(waits).toFixed(0)} ms, p99 ${quantile(waits, 0.99).toFixed(0)} ms; ${memory} MiB`,
  );
  await inbox.stop();
}

function list(): string {
  const lines = Array.from({ length: LINES }, () => `pdq:${randomBytes(32).toString('hex')}`);
  return lines.join('\n');
}

async function match(): Promise<void> {
  const database = await openDatabase({ dataDir, databaseUrl }, log);
  const pdq = createPdqIndex<number>();
  const index = createBlocklistIndex(database, pdq);
  const startedAt = performance.now();
  let longest = 0;
  let last = startedAt;
  const watching = setInterval(() => {
    longest = Math.max(longest, performance.now() - last - 5);
    last = performance.now();
  }, 5);
  await index.ready();
  const loaded = performance.now();
  await pdq.settled();
  clearInterval(watching);
  console.log(
    `load: ${index.size()} hashes in ${((loaded - startedAt) / 1000).toFixed(1)} s, sorted ` +
      `${((performance.now() - loaded) / 1000).toFixed(1)} s later; longest stall ${longest.toFixed(0)} ms`,
  );
  const picture = () => ({ hash: randomBytes(32).toString('hex'), quality: 100 });
  const matched = await times(MATCHES, () =>
    matchBlobs(database.prisma, index, [{ sha256: '0'.repeat(64), picture: picture() }]),
  );
  const compared = await times(5, () => {
    const { hash } = picture();
    return database.prisma.$queryRaw`
      SELECT id FROM blocklist_entry WHERE kind = 'pdq' AND removed_at IS NULL
        AND bit_count(('x' || hash)::bit(256) # ('x' || ${hash})::bit(256)) <= 31`;
  });
  console.log(
    `match: median ${median(matched).toFixed(1)} ms, p99 ${quantile(matched, 0.99).toFixed(1)} ms; ` +
      `compared in SQL: ${median(compared).toFixed(0)} ms, ` +
      `${(median(compared) / median(matched)).toFixed(0)} times as long`,
  );
  await database.close();
}

async function times(count: number, act: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const startedAt = performance.now();
    await act();
    taken.push(performance.now() - startedAt);
  }
  return taken;
}
