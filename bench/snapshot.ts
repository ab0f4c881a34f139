import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedDatabase } from '../src/database/embedded/embedded-database.ts';
import { createLogger } from '../src/monitoring/logger.ts';

// `npm run bench:snapshot`: how long statements wait while the embedded database is copied, with 100,000 messages of
// one attachment each, idle and with a message written every 20 ms. BENCH_ROWS changes the number.

const ROWS = Number(process.env.BENCH_ROWS ?? 100_000);

const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-bench-'));
const database = await openEmbeddedDatabase(folder, createLogger('warn'), (error) => {
  throw error;
});
const { prisma, takeSnapshot } = database;
if (takeSnapshot === null) throw new Error('This is no embedded database');

async function write(first: number, last: number): Promise<void> {
  await prisma.$executeRaw`
    INSERT INTO message (sid, account_sid, "from", "to", body, source, params, received_at)
    SELECT 'MM' || md5(n::text), 'AC', '+1555' || n % 5000, '+15557654321', repeat(md5(n::text), 3),
      'webhook', jsonb_build_object('MessageSid', md5(n::text), 'Body', repeat(md5(n::text), 6)), now()
    FROM generate_series(${first}::int, ${last}::int) AS n`;
  await prisma.$executeRaw`
    INSERT INTO media (sid, message_sid, account_sid, index, url, "from", "to", received_at, upstream)
    SELECT 'ME' || md5(n::text), 'MM' || md5(n::text), 'AC', 0, repeat(md5(n::text), 4), '+1555' || n % 5000,
      '+15557654321', now(), 'kept'
    FROM generate_series(${first}::int, ${last}::int) AS n`;
}

async function measure(label: string, isLoaded: boolean): Promise<void> {
  let isDone = false;
  let longest = 0;
  const watching = (async () => {
    for (let next = ROWS + Math.round(performance.now()) * 10; !isDone; next += 1) {
      const startedAt = performance.now();
      if (isLoaded) await write(next, next);
      else await prisma.$queryRaw`SELECT 1`;
      longest = Math.max(longest, performance.now() - startedAt);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const startedAt = performance.now();
  const snapshot = await takeSnapshot?.();
  const took = performance.now() - startedAt;
  isDone = true;
  await watching;
  await snapshot?.remove();
  console.log(`${label}: snapshot ${took.toFixed(0)} ms, longest wait ${longest.toFixed(0)} ms`);
}

for (let first = 1; first <= ROWS; first += 5000) await write(first, Math.min(ROWS, first + 4999));
const [size] = await prisma.$queryRaw<{ mib: number }[]>`
  SELECT pg_database_size(current_database())::float8 / 1024 / 1024 AS mib`;
console.log(`${ROWS} messages, ${size?.mib.toFixed(0)} MiB`);
for (let round = 0; round < 3; round += 1) {
  await measure('idle', false);
  await measure('written to', true);
}
await database.close();
await rm(folder, { recursive: true });
process.exit(0);
