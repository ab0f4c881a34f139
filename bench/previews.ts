import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type HelperProcess, startHelperProcess } from './helper-process.ts';
import { sendMessages } from './load.ts';
import { watchMemory } from './process-memory.ts';
import { secondsBelow } from './process-time.ts';
import { type Effort, reportEfforts } from './report-efforts.ts';
import { asAnotherFile, samplePhoto } from './sample-photo.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { uploadFile } from './upload-file.ts';
import { hasVipsthumbnail, throughVipsthumbnail } from './vipsthumbnail.ts';

// `npm run bench:previews`: photos of 12 megapixels and 5 MB per second through the whole pipeline
// (bytes in over HTTP, hashed and synced to disk, three thumbnails and a ThumbHash made in the
// decoding processes, synced, committed), and through its second half (previews made again from what
// is stored), beside a bare loop of sharp making one WebP of 320 pixels of the same files with the
// same concurrency, and beside vipsthumbnail where it is installed. In turns, on the embedded
// database, or on the empty one on a server that BENCH_DATABASE_URL names; by the clock, and by the
// processor time of all that works here, which other load on the machine hardly changes. Then memory,
// while 100 photos go through, and what the webhook's answers suffer.

const databaseUrl = process.env.BENCH_DATABASE_URL;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 4);
const PHOTOS = Number(process.env.BENCH_PHOTOS ?? 80);
const PHOTOS_FOR_MEMORY = 100;
const BATCH = 10;
const CORES = availableParallelism();
const KEY = 'bench-admin-key-0123456789';
const ACCOUNT = {
  accountSid: `AC${'ab'.repeat(16)}`,
  authToken: 'bench-auth-token',
  publicUrl: 'https://mms.example.com',
};
/** Of the media that were brought in and not deleted yet. */
const sids: string[] = [];
const TIMEOUT_MS = 120_000;
// Well below what a decoder takes: who slept longer than there was work would measure the sleep.
const MIN_MS_A_PHOTO = 20;
const MESSAGES = 500;
const SENDERS = 5;

const BYTES_HERE = 'mms-inbox: bytes here, three thumbnails stored';

type Contestant = (photos: Buffer[], paths: string[]) => Promise<void>;

const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-bench-'));
const vips = await hasVipsthumbnail();
let server: ServerProcess | undefined;
let bare: HelperProcess | undefined;
let counter = 0;
try {
  const photo = await samplePhoto();
  console.log(
    `photos of 12 megapixels and ${(photo.length / 1e6).toFixed(1)} MB, ` +
      `${ROUNDS} rounds of ${PHOTOS}, on ${CORES} cores`,
  );
  // With a core for the server beside the decoder, and with none.
  const concurrencies = [...new Set([1, CORES])];
  for (const concurrency of concurrencies) {
    await withServer(concurrency, () => compare(photo, concurrency));
  }
  // Last, because the webhooks leave messages behind whose attachments are asked for again and again.
  for (const concurrency of concurrencies) {
    await withServer(concurrency, async ({ pid, url }) => {
      await measureMemory(photo, concurrency, pid);
      await measureLatency(photo, concurrency, url);
    });
  }
} finally {
  await stopAll();
  await rm(folder, { recursive: true, force: true });
}

async function withServer(
  concurrency: number,
  measure: (server: ServerProcess) => Promise<void>,
): Promise<void> {
  server = await startServerProcess('src/main.ts', {
    TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    // Nothing answers there: what the webhook brings is not fetched.
    TWILIO_API_BASE_URL: 'http://127.0.0.1:9',
    PUBLIC_URL: ACCOUNT.publicUrl,
    ADMIN_API_KEY: KEY,
    DATA_DIR: join(folder, 'data'),
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    PREVIEW_CONCURRENCY: String(concurrency),
    LOG_LEVEL: 'error',
  });
  await measure(server);
  await deleteAll();
  await stopAll();
}

async function compare(photo: Buffer, concurrency: number): Promise<void> {
  bare = startHelperProcess('bare-thumbnails.ts', [], { CONCURRENCY: String(concurrency) });
  const contestants: Record<string, Contestant> = {
    'sharp: one WebP of 320 px': (_photos, paths) => throughBareLoop(paths),
    'mms-inbox: bytes in, three thumbnails stored': (photos) =>
      throughPipeline(photos, concurrency),
    [BYTES_HERE]: (photos) => throughRebuild(photos.length, concurrency),
  };
  if (vips) {
    contestants['vipsthumbnail: one WebP of 320 px'] = (_photos, paths) =>
      throughVipsthumbnail(paths, concurrency);
  }
  reportEfforts(await inTurns(photo, contestants), `${concurrency} at a time`, PHOTOS);
}

async function stopAll(): Promise<void> {
  await server?.stop();
  bare?.stop();
}

/** What each contestant took in each round. */
async function inTurns(photo: Buffer, contestants: Record<string, Contestant>) {
  const names = Object.keys(contestants);
  const efforts = new Map<string, Effort[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    const photos = Array.from({ length: PHOTOS }, () => asAnotherFile(photo, counter++));
    const paths = await writeAll(photos);
    for (const name of names) {
      // Rebuilds leave a decoder to arrivals for ten seconds (src/preview/decoder-turns.ts).
      if (name === BYTES_HERE) await setTimeout(11_000);
      const [begun, before] = [performance.now(), secondsBelow(process.pid)];
      await contestants[name]?.(photos, paths);
      const elapsed = (performance.now() - begun) / 1000;
      // Round 0 warms up and is not counted.
      if (round > 0)
        efforts.get(name)?.push({ elapsed, worked: secondsBelow(process.pid) - before });
    }
    await rm(join(folder, 'photos'), { recursive: true });
    await deleteAll();
  }
  return efforts;
}

async function deleteAll(): Promise<void> {
  for (const sid of sids.splice(0)) await api(`/api/v1/media/${sid}`, { method: 'DELETE' });
}

async function writeAll(photos: Buffer[]): Promise<string[]> {
  await mkdir(join(folder, 'photos'));
  return Promise.all(
    photos.map(async (bytes, n) => {
      const path = join(folder, 'photos', `${n}.jpg`);
      await writeFile(path, bytes);
      return path;
    }),
  );
}

async function throughPipeline(photos: Buffer[], concurrency: number): Promise<void> {
  const left = [...photos];
  const upload = async () => {
    for (let photo = left.pop(); photo !== undefined; photo = left.pop()) {
      sids.push(await uploadFile(server?.url ?? '', KEY, photo));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, upload));
  await untilNoneIsLeft(concurrency, async () => {
    const { items } = await api('/api/v1/media?state=pending&contentType=image/&limit=100');
    return items.length;
  });
  const last = await api(`/api/v1/media/${sids.at(-1)}`);
  if (last.preview?.kind !== 'image' || Object.keys(last.preview.sizes).length !== 3) {
    throw new Error(`a photo has no three thumbnails: ${JSON.stringify(last.preview)}`);
  }
}

/** Makes the previews of what the contestant before has brought in again. */
async function throughRebuild(expected: number, concurrency: number): Promise<void> {
  const { marked } = await api('/api/v1/previews/rebuild', { method: 'POST' });
  if (marked !== expected)
    throw new Error(`${marked} instead of ${expected} previews are made again`);
  await untilNoneIsLeft(concurrency, async () => (await api('/api/v1/previews/rebuild')).remaining);
}

/** Asks the less often the more are left: to be asked is work for the server, too. */
async function untilNoneIsLeft(concurrency: number, left: () => Promise<number>): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  for (let count = await left(); count > 0; count = await left()) {
    if (Date.now() > deadline) throw new Error('the photos were not stored in time');
    await setTimeout((count * MIN_MS_A_PHOTO) / concurrency);
  }
}

async function throughBareLoop(paths: string[]): Promise<void> {
  await bare?.ask(paths);
}

async function measureMemory(photo: Buffer, concurrency: number, pid: number): Promise<void> {
  const watch = watchMemory(pid);
  for (let n = 0; n < PHOTOS_FOR_MEMORY; n += BATCH) {
    await throughPipeline(
      Array.from({ length: BATCH }, () => asAnotherFile(photo, counter++)),
      concurrency,
    );
  }
  const { server: own, children } = watch.stop();
  const mib = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;
  console.log(
    `peak resident memory while ${PHOTOS_FOR_MEMORY} of them went through, ${concurrency} at a time: ` +
      `server ${mib(own)}, its decoding processes together ${mib(children)}`,
  );
}

/** Answers to the webhook, with decoders idle and with all of them busy on photos. */
async function measureLatency(photo: Buffer, concurrency: number, baseUrl: string): Promise<void> {
  const send = () => sendMessages({ ...ACCOUNT, baseUrl }, MESSAGES, SENDERS);
  await send();
  const quiet = await send();
  let isOver = false;
  const busy = (async () => {
    while (!isOver) {
      const photos = Array.from({ length: BATCH }, () => asAnotherFile(photo, counter++));
      await throughPipeline(photos, concurrency);
    }
  })();
  const beside = await send();
  isOver = true;
  await busy;
  console.log(
    `${MESSAGES} webhooks over ${SENDERS} connections, milliseconds: p50 ${quiet.p50}, ` +
      `p99 ${quiet.p99} while decoders are idle; p50 ${beside.p50}, p99 ${beside.p99} while photos ` +
      `are brought in and decoded, ${concurrency} at a time`,
  );
}

async function api(path: string, init: RequestInit = {}) {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${KEY}`);
  const response = await fetch(server?.url + path, { ...init, headers });
  if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
  return response.status === 204 ? undefined : response.json();
}
