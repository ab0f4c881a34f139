import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { samplePhoto } from './sample-photo.ts';
import { measureBeside } from './scale-beside.ts';
import type { Reading } from './scale-calls.ts';
import { type Deployment, prepareDeployment } from './scale-deployment.ts';
import { type Compared, compareSizes } from './scale-ratios.ts';
import { changes, readings } from './scale-requests.ts';
import { openSweeps } from './scale-sweeps.ts';
import { compareWorkers } from './scale-workers.ts';
import type { ServerProcess } from './server-process.ts';

// `npm run bench:scale`: whether things take longer the more there is.
//
//   --parts lists,sweeps       of these:
//      lists    every list, page, filter, pair of filters and sum over HTTP, at each size in turns
//      beside   the same, a bulk act and an erasure at the largest size, while ten webhooks a second arrive
//      sweeps   what runs by itself, at each size in turns
//      workers  attachments a second with 1, 2 and 4 processes that run jobs, on the server only; without --rows
//   --rows 1000,1000000        messages, each with one attachment; the first size is what others are compared with
//   --rounds 5
//   --only word                of the lists, those whose name matches this expression
//   --folder ./bench           data folders that are kept and used again; what `beside` erases is missing then.
//                              Databases on a server are kept, too
//
// BENCH_DATABASE_URL names a PostgreSQL server and a superuser of it: the databases are `bench_scale_<rows>` on it;
// without it they are embedded.
// `beside` ends with 1 when a webhook waited longer than a second, or a statement that a reader caused took longer than
// 100 ms on the embedded database.

const { values: options } = parseArgs({
  options: {
    parts: { type: 'string', default: 'lists,sweeps' },
    rows: { type: 'string', default: '1000,1000000' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    folder: { type: 'string' },
  },
});
const SIZES = options.rows.split(',').map(Number);
const ROUNDS = Number(options.rounds);
const PARTS = options.parts.split(',');
const ONLY = new RegExp(options.only);
const WORKERS = [1, 2, 4];
/** A page. */
const MOST_ITEMS = 50;
/** That is looked for: what is measured is the comparison. */
const PICTURE = { width: 640, height: 480 };
/** What is done at every start is not what is measured. */
const START_MS = 5000;

const serverUrl = process.env.BENCH_DATABASE_URL;
const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'mms-inbox-bench-')));
const deployments: Deployment[] = [];
const servers: ServerProcess[] = [];
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stopServers().finally(() => process.exit(1)));
}
try {
  if (PARTS.includes('workers')) console.table(await compareWorkers(WORKERS, ROUNDS));
  if (PARTS.some((part) => part !== 'workers')) await compareDepths();
} finally {
  await stopServers();
  if (options.folder === undefined) {
    for (const deployment of deployments) await deployment.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function compareDepths(): Promise<void> {
  for (const rows of SIZES) deployments.push(await prepareDeployment(rows, folder, serverUrl));
  const kind = serverUrl === undefined ? 'embedded' : 'PostgreSQL';
  console.log(`messages: ${SIZES.join(', ')}; database: ${kind}`);
  if (PARTS.includes('lists')) await compareLists();
  if (PARTS.includes('sweeps')) await compareSweeps();
  if (PARTS.includes('beside')) await runBeside();
}

async function compareLists(): Promise<void> {
  for (const deployment of deployments) servers.push(await deployment.start());
  await setTimeout(START_MS);
  const things: Compared[] = [];
  for (const { name, ask } of await chosenReadings()) {
    // Pages are as large as at the smallest size, so that all sizes answer as much.
    const [smallest] = servers;
    const items = await ask(smallest?.url ?? '', MOST_ITEMS);
    const limit = Math.max(1, Math.min(items, MOST_ITEMS));
    things.push({
      name,
      items,
      run: servers.map(
        ({ url }) =>
          () =>
            ask(url, limit),
      ),
    });
  }
  console.table(await compareSizes(SIZES, things, ROUNDS));
  await stopServers();
}

async function compareSweeps(): Promise<void> {
  const { sweeps, close } = await openSweeps(deployments);
  try {
    console.table(await compareSizes(SIZES, sweeps, ROUNDS));
  } finally {
    await close();
  }
}

async function runBeside(): Promise<void> {
  const largest = deployments.at(-1);
  if (largest === undefined) return;
  const server = await largest.start();
  servers.push(server);
  await setTimeout(START_MS);
  const reads = (await chosenReadings()).map(({ name, ask }) => ({
    name,
    isRead: true,
    run: () => ask(server.url, MOST_ITEMS),
  }));
  const done = changes(server.url).filter(({ name }) => ONLY.test(name));
  const rows = await measureBeside(largest, server.url, [
    ...reads,
    ...done.map((change) => ({ ...change, isRead: false })),
  ]);
  console.table(rows);
  if (rows.some(({ over }) => over !== '')) process.exitCode = 1;
  await stopServers();
}

async function chosenReadings(): Promise<Reading[]> {
  const all = readings(Math.max(...SIZES), await samplePhoto(PICTURE));
  return all.filter(({ name }) => ONLY.test(name));
}

async function stopServers(): Promise<void> {
  for (let server = servers.pop(); server !== undefined; server = servers.pop())
    await server.stop();
}
