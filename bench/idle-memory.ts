import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { descendantsOf } from './proc.ts';
import { asAnotherFile, samplePhoto } from './sample-photo.ts';
import { startServerProcess } from './server-process.ts';
import { uploadFile } from './upload-file.ts';

// `npm run bench:idle`: the resident memory of an installation on the embedded database that has nothing to
// do. It starts the service on an empty data folder, with the variables that `npm start` sets, puts 30 photos
// of 12 megapixels through the whole pipeline (bytes in over HTTP, hashed, thumbnails made in the decoding
// processes, committed), and waits 65 seconds: decoders end after 60 seconds without work. It prints
// what `ps -o rss` says of each process (pages that processes share count in each of them) and exits with
// 1 when the sum is above 300 MB. With BENCH_DATABASE_URL on the empty database of a server instead, whose
// own processes do not count.

const PHOTOS = Number(process.env.BENCH_PHOTOS ?? 30);
const IDLE_SECONDS = Number(process.env.BENCH_IDLE_SECONDS ?? 65);
const MAX_MB = 300;
const STORED_WITHIN_MS = 120_000;
const KEY = 'bench-admin-key-0123456789';
const databaseUrl = process.env.BENCH_DATABASE_URL;

const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-bench-'));
const server = await startServerProcess('src/main.ts', {
  ...(await environmentOfStart()),
  TWILIO_ACCOUNT_SID: `AC${'ab'.repeat(16)}`,
  TWILIO_AUTH_TOKEN: 'bench-auth-token',
  ADMIN_API_KEY: KEY,
  DATA_DIR: join(folder, 'data'),
  LOG_LEVEL: 'error',
  ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
});
try {
  report('after its start');
  const photo = await samplePhoto();
  for (let n = 0; n < PHOTOS; n += 1) await uploadFile(server.url, KEY, asAnotherFile(photo, n));
  await untilStored();
  report(`after ${PHOTOS} photos`);
  await sleep(IDLE_SECONDS * 1000);
  const sum = report(`${IDLE_SECONDS} seconds later`);
  if (sum > MAX_MB) {
    console.error(`more than ${MAX_MB} MB`);
    process.exitCode = 1;
  }
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

/** The variables that the script `start` sets. */
async function environmentOfStart(): Promise<Record<string, string>> {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8'));
  return Object.fromEntries(
    [...scripts.start.matchAll(/\b([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name, value]),
  );
}

/** Prints the resident memory of the server and of all that it has started; returns the sum, in MB. */
function report(when: string): number {
  const pids = [server.pid, ...descendantsOf(server.pid)];
  const lines = execFileSync('ps', ['-o', 'rss=,args=', '-p', pids.join()], { encoding: 'utf8' })
    .trim()
    .split('\n');
  let sum = 0;
  console.log(`${when}:`);
  for (const line of lines) {
    const [, kibibytes, args = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    const megabytes = (Number(kibibytes) * 1024) / 1e6;
    sum += megabytes;
    console.log(`  ${megabytes.toFixed(0).padStart(5)} MB  ${args.split(' ').slice(1).join(' ')}`);
  }
  console.log(`  ${sum.toFixed(0).padStart(5)} MB  in all`);
  return sum;
}

async function untilStored(): Promise<void> {
  const deadline = Date.now() + STORED_WITHIN_MS;
  for (;;) {
    const response = await fetch(`${server.url}/api/v1/media?state=pending&limit=100`, {
      headers: { authorization: `Bearer ${KEY}` },
    });
    const { items } = (await response.json()) as { items: unknown[] };
    if (items.length === 0) return;
    if (Date.now() > deadline) throw new Error('the photos were not stored in time');
    await sleep(200);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((wait) => setTimeout(wait, ms));
}
