import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { fuzzBatch, type Outcome } from './fuzz-batch.ts';
import { createMutator } from './fuzz-files.ts';
import { watchMemory } from './fuzz-memory.ts';
import { report } from './fuzz-report.ts';
import { startFuzzedServer } from './fuzzed-server.ts';

// `npm run fuzz -- --seconds 60 [--seed N]`: damaged copies of every fixture through a real server.
// With the seed of a failure as `--seed` and a few seconds its file comes first.

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } },
});
const seconds = Number(values.seconds);
const baseSeed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
if (!(seconds > 0) || !Number.isSafeInteger(baseSeed) || baseSeed < 0) {
  console.error('usage: node test/fuzz/run-fuzz.ts --seconds 60 [--seed 1]');
  process.exit(2);
}

const BATCH = 20;
const BATCHES_AT_ONCE = 2;
// A file may hang twice for 60 seconds each before it gets a card unopened.
const STORED_WITHIN_MS = 180_000;
const NOTHING_LEFT_WITHIN_MS = 10_000;
// More of them tell no more.
const MAX_FAILURES = 100;

const server = await startFuzzedServer();
const mutated = await createMutator();
const problems: string[] = [];
const outcomes: Outcome[] = [];
const watch = watchMemory(server);
const deadline = performance.now() + seconds * 1000;
console.log(`seed ${baseSeed}, for ${seconds} seconds`);
let nextSeed = baseSeed;
try {
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, runBatches));
  await watch.stop();
  if (!server.hasEnded()) await expectNothingLeft();
} finally {
  await server.stop();
}
problems.push(...server.complaints);
process.exitCode = report(outcomes, problems, watch, server) ? 0 : 1;

async function runBatches(): Promise<void> {
  let failures = 0;
  while (performance.now() < deadline && !server.hasEnded() && failures < MAX_FAILURES) {
    const files = Array.from({ length: BATCH }, () => mutated(nextSeed++));
    const results = await fuzzBatch(server, files, STORED_WITHIN_MS);
    failures += results.filter(({ failure }) => failure !== null).length;
    outcomes.push(...results);
  }
}

async function expectNothingLeft(): Promise<void> {
  // What failed was not deleted, and keeps its files.
  const isClean = outcomes.every(({ failure }) => failure === null);
  const until = performance.now() + NOTHING_LEFT_WITHIN_MS;
  let left: string[] = [];
  do {
    left = (await server.files()).filter((path) => isClean || path.startsWith('incoming/'));
    if (left.length === 0) return;
    await new Promise((wait) => setTimeout(wait, 200));
  } while (performance.now() < until);
  problems.push(`${left.length} files are left behind: ${left.slice(0, 5).join(', ')}`);
}
