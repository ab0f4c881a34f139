import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { watchMemory } from './process-memory.ts';
import { asAnotherFile, samplePhoto } from './sample-photo.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { median, quantile } from './statistics.ts';

// `npm run bench:previews`: photos of 12 megapixels and 5 MB per second through the whole pipeline
// (bytes in over HTTP, hashed and synced to disk, three thumbnails and a ThumbHash made in the
// decoding processes, stored, committed), beside a bare loop of sharp making one WebP of 320 pixels
// of the same files with the same concurrency, and beside vipsthumbnail where it is installed. In
// turns, on the embedded database. Then memory, while 100 photos go through.

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const PHOTOS = Number(process.env.BENCH_PHOTOS ?? 40);
const PHOTOS_FOR_MEMORY = 100;
const PER_MESSAGE = 10;
const CONCURRENCY = availableParallelism();
const KEY = 'bench-admin-key-0123456789';
const TIMEOUT_MS = 120_000;

type Contestant = (photos: Buffer[], paths: string[]) => Promise<void>;

const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-bench-'));
let server: ServerProcess | undefined;
let bare: ChildProcess | undefined;
let counter = 0;
try {
  const photo = await samplePhoto();
  server = await startServerProcess('src/main.ts', {
    TWILIO_ACCOUNT_SID: `AC${'ab'.repeat(16)}`,
    TWILIO_AUTH_TOKEN: 'bench-auth-token',
    ADMIN_API_KEY: KEY,
    DATA_DIR: join(folder, 'data'),
    LOG_LEVEL: 'warn',
  });
  bare = fork('bench/bare-thumbnails.ts', { env: { CONCURRENCY: String(CONCURRENCY) } });
  const contestants: Record<string, Contestant> = {
    'mms-inbox, three thumbnails stored': (photos) => throughPipeline(photos),
    'sharp, one WebP of 320 px': (_photos, paths) => throughBareLoop(paths),
    ...((await hasVipsthumbnail())
      ? { 'vipsthumbnail, one WebP of 320 px': (_photos, paths) => throughVipsthumbnail(paths) }
      : {}),
  };
  const megabytes = (photo.length / 1e6).toFixed(1);
  report(await inTurns(photo, contestants), `photos of 12 megapixels and ${megabytes} MB`);
  await measureMemory(photo, server.pid);
} finally {
  await server?.stop();
  bare?.kill();
  await rm(folder, { recursive: true, force: true });
}

/** Seconds of each contestant in each round; each begins every so often. */
async function inTurns(photo: Buffer, contestants: Record<string, Contestant>) {
  const names = Object.keys(contestants);
  const seconds = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    const photos = Array.from({ length: PHOTOS }, () => asAnotherFile(photo, counter++));
    const paths = await writeAll(photos);
    for (const name of [...names.slice(round % names.length), ...names].slice(0, names.length)) {
      const begun = performance.now();
      await contestants[name]?.(photos, paths);
      // Round 0 warms up and is not counted.
      if (round > 0) seconds.get(name)?.push((performance.now() - begun) / 1000);
    }
    await rm(join(folder, 'photos'), { recursive: true });
  }
  return seconds;
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

async function throughPipeline(photos: Buffer[]): Promise<void> {
  const sids: string[] = [];
  for (let n = 0; n < photos.length; n += PER_MESSAGE) {
    const form = new FormData();
    for (const bytes of photos.slice(n, n + PER_MESSAGE)) {
      form.append('files', new Blob([new Uint8Array(bytes)]), 'photo.jpg');
    }
    const { items } = await api('/api/v1/media', { method: 'POST', body: form });
    sids.push(...items.map(({ sid }: { sid: string }) => sid));
  }
  const deadline = Date.now() + TIMEOUT_MS;
  while ((await api('/api/v1/media?state=pending&limit=1')).items.length > 0) {
    if (Date.now() > deadline) throw new Error('the photos were not stored in time');
    await new Promise((wait) => setTimeout(wait, 50));
  }
  const last = await api(`/api/v1/media/${sids.at(-1)}`);
  if (last.preview?.kind !== 'image' || Object.keys(last.preview.sizes).length !== 3) {
    throw new Error(`a photo has no three thumbnails: ${JSON.stringify(last.preview)}`);
  }
}

async function throughBareLoop(paths: string[]): Promise<void> {
  bare?.send(paths);
  if (bare !== undefined) await once(bare, 'message');
}

async function throughVipsthumbnail(paths: string[]): Promise<void> {
  const left = [...paths];
  const worker = async () => {
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      await promisify(execFile)('vipsthumbnail', [path, '-s', '320', '-o', '%s-320.webp'], {
        env: { PATH: process.env.PATH, VIPS_CONCURRENCY: '1' },
      });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

async function hasVipsthumbnail(): Promise<boolean> {
  try {
    await promisify(execFile)('vipsthumbnail', ['--version']);
    return true;
  } catch {
    return false;
  }
}

function report(seconds: Map<string, number[]>, what: string): void {
  const [own = []] = seconds.values();
  const rows = [...seconds].map(([name, each]) => {
    // Each round against the one beside it: what slows the machine slows both.
    const ratios = own.map((mine, round) => (each[round] ?? Number.NaN) / mine);
    return {
      contestant: name,
      'photos/s': Number((PHOTOS / median(each)).toFixed(1)),
      'mms-inbox to it, median': Number(median(ratios).toFixed(2)),
      lowest: Number(quantile(ratios, 0).toFixed(2)),
      highest: Number(quantile(ratios, 1).toFixed(2)),
    };
  });
  console.log(`${ROUNDS} rounds of ${PHOTOS} ${what}, ${CONCURRENCY} at a time`);
  console.table(rows);
}

async function measureMemory(photo: Buffer, pid: number): Promise<void> {
  const watch = watchMemory(pid);
  for (let n = 0; n < PHOTOS_FOR_MEMORY; n += PER_MESSAGE) {
    await throughPipeline(
      Array.from({ length: PER_MESSAGE }, () => asAnotherFile(photo, counter++)),
    );
  }
  const { server: own, children } = watch.stop();
  const mib = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;
  console.log(
    `peak resident memory while ${PHOTOS_FOR_MEMORY} of them went through: ` +
      `server ${mib(own)}, its decoding processes together ${mib(children)}`,
  );
}

async function api(path: string, init: RequestInit = {}) {
  const headers = { authorization: `Bearer ${KEY}` };
  const response = await fetch(server?.url + path, { ...init, headers });
  if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
  return response.json();
}
