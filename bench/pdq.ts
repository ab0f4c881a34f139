import { randomFillSync, randomInt } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import sharp from 'sharp';
import { distanceWithin, WORDS, writeWords } from '../src/pdq/hash-words.ts';
import { createPdqHasher } from '../src/pdq/pdq-hash.ts';
import { createPdqIndex, type PdqIndex } from '../src/pdq/pdq-index.ts';
import { decodeImage } from '../src/preview/kinds/decode-image.ts';
import { perceptualHash } from '../src/preview/perceptual-hash.ts';
import { samplePhoto } from './sample-photo.ts';
import { median, quantile } from './statistics.ts';

// `npm run bench:pdq`: hashing beside sharp that decodes the same photo of 12 megapixels to 512 × 512;
// then a million hashes in an index beside a plain loop over the same million. In turns, in this process.
// Ratios are of processor time, so that what else the machine does is not measured; p50 and p99 are not.

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const ENTRIES = Number(process.env.BENCH_ENTRIES ?? 1_000_000);
const REPEATS = 10;
const SCANS = 10;
const MAX_DISTANCE = 31;
const ADDED_AT_ONCE = 1000;

sharp.concurrency(1);
sharp.cache(false);
await measureHashing();
await measureLookups('random hashes', 400, (hash) => randomFillSync(hash));
// No real list is as uneven.
await measureLookups('hashes that share half of their bands', SCANS, (hash) =>
  randomFillSync(hash.fill(0), 16),
);

async function measureHashing(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-bench-'));
  const path = join(folder, 'photo.jpg');
  await writeFile(path, await samplePhoto());
  const decode = () =>
    sharp(path).resize(512, 512, { fit: 'fill' }).raw().toBuffer({ resolveWithObject: true });
  const { data } = await decode();
  const large = await decodeImage(path);
  const hashPixels = createPdqHasher();
  const contestants: Record<string, () => unknown> = {
    'sharp: decode to 512 × 512': decode,
    'hash of 512 × 512 pixels': () =>
      hashPixels({ pixels: data, width: 512, height: 512, channels: 3 }),
    'hash as previews have it, of 1280 × 960': () => perceptualHash(large, 1),
  };
  const milliseconds = new Map<string, number[]>();
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(contestants)) {
      const begun = process.cpuUsage();
      for (let n = 0; n < REPEATS; n += 1) await run();
      const { user, system } = process.cpuUsage(begun);
      // Round 0 warms up and is not counted.
      if (round > 0) append(milliseconds, name, (user + system) / 1000 / REPEATS);
    }
  }
  await rm(folder, { recursive: true });
  const [sharpAlone = []] = milliseconds.values();
  console.table(
    [...milliseconds].map(([name, each]) => ({
      contestant: name,
      'processor ms': digits(median(each)),
      'a second': Math.round(1000 / median(each)),
      'to sharp, median': digits(median(each.map((own, n) => own / (sharpAlone[n] ?? 0)))),
    })),
  );
}

async function measureLookups(
  title: string,
  lookups: number,
  fill: (hash: Uint8Array) => void,
): Promise<void> {
  const words = new Uint32Array(ENTRIES * WORDS);
  const before = memory();
  const index = createPdqIndex<number>();
  const { sortedMs, longestMs } = await fillIndex(index, words, fill);
  const bytes = memory() - before;
  const times = new Map<string, number[]>();
  const processor = new Map<string, number[]>();
  const contestants: Record<string, [number, (hash: Uint8Array) => number]> = {
    'plain loop': [SCANS, (hash) => scanAll(words, hash)],
    index: [lookups, (hash) => index.search(hash, MAX_DISTANCE).length],
  };
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, [count, search]] of Object.entries(contestants)) {
      const queries = Array.from({ length: count }, (_, n) => query(words, n % 2 === 1, fill));
      const begun = threadMs();
      const each = queries.map((hash, n) => timed(hash, n % 2 === 1, search));
      if (round === 0) continue;
      append(processor, name, (threadMs() - begun) / count);
      for (const ms of each) append(times, name, ms);
    }
  }
  const [loop = []] = processor.values();
  console.log(
    `${title}: ${ENTRIES} sorted in ${Math.round(sortedMs)} ms after the last was added, the ` +
      `longest turn meanwhile ${Math.round(longestMs)} ms; ` +
      `${Math.round(bytes / 1e6)} MB with numbers for ids`,
  );
  console.table(
    [...processor].map(([contestant, each]) => ({
      contestant,
      'processor ms': digits(median(each)),
      'to the loop, median': digits(median(each.map((own, n) => own / (loop[n] ?? 0)))),
      'p50 ms': digits(quantile(times.get(contestant) ?? [], 0.5)),
      'p99 ms': digits(quantile(times.get(contestant) ?? [], 0.99)),
    })),
  );
}

async function fillIndex(
  index: PdqIndex<number>,
  words: Uint32Array,
  fill: (hash: Uint8Array) => void,
): Promise<{ sortedMs: number; longestMs: number }> {
  const hash = new Uint8Array(32);
  let turnBegun = threadMs();
  let longestMs = 0;
  const turn = async () => {
    await setImmediate();
    const now = threadMs();
    longestMs = Math.max(longestMs, now - turnBegun);
    turnBegun = now;
  };
  for (let id = 0; id < ENTRIES; id += 1) {
    fill(hash);
    writeWords(hash, words, id * WORDS);
    index.add(id, hash);
    if (id % ADDED_AT_ONCE === 0) await turn();
  }
  let isSettled = false;
  const settled = index.settled().then(() => {
    isSettled = true;
  });
  const begun = threadMs();
  while (!isSettled) await turn();
  await settled;
  return { sortedMs: threadMs() - begun, longestMs };
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds; a near copy has to be found. */
function timed(hash: Uint8Array, isNear: boolean, search: (hash: Uint8Array) => number): number {
  const begun = performance.now();
  const found = search(hash);
  const ms = performance.now() - begun;
  if (isNear && found === 0) throw new Error('a near copy was not found');
  return ms;
}

function query(words: Uint32Array, isNear: boolean, fill: (hash: Uint8Array) => void): Uint8Array {
  const hash = new Uint8Array(32);
  if (isNear) nearCopy(words, randomInt(ENTRIES), hash);
  else fill(hash);
  return hash;
}

function nearCopy(words: Uint32Array, id: number, hash: Uint8Array): void {
  const view = new DataView(hash.buffer);
  for (let n = 0; n < WORDS; n += 1) view.setUint32(n * 4, words[id * WORDS + n] ?? 0);
  for (let bits = 0; bits < MAX_DISTANCE; bits += 1) {
    const place = randomInt(256);
    hash[place >> 3] = (hash[place >> 3] ?? 0) ^ (1 << (place & 7));
  }
}

function scanAll(words: Uint32Array, hash: Uint8Array): number {
  const query = new Uint32Array(WORDS);
  writeWords(hash, query, 0);
  let found = 0;
  for (let at = 0; at < words.length; at += WORDS) {
    if (distanceWithin(words, at, query, MAX_DISTANCE) <= MAX_DISTANCE) found += 1;
  }
  return found;
}

function memory(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function append(lists: Map<string, number[]>, name: string, value: number): void {
  lists.set(name, [...(lists.get(name) ?? []), value]);
}

function digits(value: number): number {
  return Number(value.toPrecision(3));
}
