import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../test/support/browser.ts';
import { signInContext } from '../test/support/gallery-page.ts';
import { addMeasures, beginWatch, jump, scrollRows } from './gallery-page.ts';
import { addQueueMeasures, askBesideWebhooks, workOff } from './gallery-queue.ts';
import { addAttachments, importPictures, setModeration } from './gallery-seed.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { median, quantile } from './statistics.ts';

// `npm run bench:gallery`: the page of the gallery in Chromium, with 100,000 attachments and the server on the same
// machine, beside a plain page of 60 <img> with the same thumbnails from the same server; then the desk, with all of them
// held. The database is the embedded one. BENCH_ROWS is another number of attachments, BENCH_ROUNDS of navigations,
// BENCH_SCROLL of rows, BENCH_DECISIONS of decisions, BENCH_FOLDER a data folder that is kept and used again; BENCH_PARTS=desk
// or =gallery is one part alone. Limits are printed beside the values; only an error ends it with 1.

const ROWS = Number(process.env.BENCH_ROWS ?? 100_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const SCROLLED_ROWS = Number(process.env.BENCH_SCROLL ?? 2000);
const DECISIONS = Number(process.env.BENCH_DECISIONS ?? 40);
const PARTS = process.env.BENCH_PARTS ?? 'gallery, desk';
const PICTURES = Math.min(300, ROWS);
const PLAIN_PICTURES = 60;
const VIEWPORT = { width: 1280, height: 800 };
/** Parts of the axis of time; the day with the most attachments is in the middle. */
const JUMPS = [0.15, 0.85, 0.3, 0.7, 0.5, 0.4, 0.95, 0.6, 0.22];
const BETWEEN_JUMPS_MS = 500;
const MAX_PAINTED_MS = 1000;
const MAX_JUMP_MS = 500;
const MAX_TILES = 400;
const MAX_TASK_MS = 100;
const MAX_NEXT_MS = 150;
const MAX_WAIT_MS = 1000;
const ACCOUNT = { accountSid: `AC${'a1'.repeat(16)}`, authToken: 'bench-auth-token' };
const KEY = 'bench-admin-key-0123456789';

const kept = process.env.BENCH_FOLDER;
const dataDir = join(kept ?? (await mkdtemp(join(tmpdir(), 'mms-inbox-bench-'))), 'data');
await mkdir(dataDir, { recursive: true });

const start = (): Promise<ServerProcess> =>
  startServerProcess(
    'src/main.ts',
    {
      TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
      TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
      ADMIN_API_KEY: KEY,
      DATA_DIR: dataDir,
      DELETE_UPSTREAM: 'never',
    },
    'ignore',
  );

try {
  await seedOnce();
  if (PARTS.includes('gallery')) await print('visible', measure);
  if (PARTS.includes('desk')) await print('held', measureDesk);
} finally {
  if (kept === undefined) await rm(join(dataDir, '..'), { recursive: true, force: true });
}

/** Measures with all attachments in one state. */
async function print(
  moderation: 'visible' | 'held',
  run: (browser: Browser, server: ServerProcess) => Promise<Row[]>,
): Promise<void> {
  await setModeration({ dataDir, databaseUrl: undefined }, moderation);
  const server = await start();
  const browser = await startBrowser();
  try {
    const rows = await run(browser, server);
    console.log(
      `${ROWS} attachments, ${moderation}; ${browser.version()}, ${VIEWPORT.width} × ${VIEWPORT.height}`,
    );
    console.table(rows);
  } finally {
    await browser.close();
    await server.stop();
  }
}

interface Row {
  '': string;
  value: number;
  slowest: number | '';
  limit: number | '';
}

async function seedOnce(): Promise<void> {
  const server = await start();
  const api = { url: server.url, key: KEY };
  try {
    if ((await newest(api, 1)).length === 0) await importPictures(api, PICTURES);
  } finally {
    await server.stop();
  }
  await addAttachments({ dataDir, databaseUrl: undefined }, ROWS);
}

async function measure(browser: Browser, server: ServerProcess): Promise<Row[]> {
  const first: number[] = [];
  const plain: number[] = [];
  // The first of each fills the caches of the server, and is not counted.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const painted = await navigate(browser, server, '/', true);
    const plainly = await navigate(browser, server, '/plain', false);
    if (round === 0) continue;
    first.push(painted);
    plain.push(plainly);
  }
  const page = await open(browser, server);
  await page.goto(server.url);
  await page.evaluate(() => window.untilPainted(true));
  await beginWatch(page);
  const scrolled = await scrollRows(page, SCROLLED_ROWS);
  const watched = () => page.evaluate(() => [window.mostTiles, window.longestTask] as const);
  const [tiles, task] = await watched();
  const jumps: number[] = [];
  for (const part of JUMPS) {
    await page.waitForTimeout(BETWEEN_JUMPS_MS);
    jumps.push(await jump(page, part));
  }
  const [tilesInAll, taskInAll] = await watched();
  await page.context().close();
  return [
    row('first screen painted, ms', first, MAX_PAINTED_MS),
    row(`plain page of ${PLAIN_PICTURES} <img> painted, ms`, plain),
    row('their ratio', [median(first) / median(plain)]),
    row('rows scrolled', [scrolled]),
    row('most tiles while scrolling', [tiles], MAX_TILES),
    row('longest task while scrolling, ms', [task], MAX_TASK_MS),
    row('jump to a date painted, ms', jumps, MAX_JUMP_MS),
    row('most tiles with jumps', [tilesInAll], MAX_TILES),
    row('longest task with jumps, ms', [taskInAll], MAX_TASK_MS),
  ];
}

async function measureDesk(browser: Browser, server: ServerProcess): Promise<Row[]> {
  const page = await open(browser, server);
  await addQueueMeasures(page);
  const { shown, complete } = await workOff(page, server, DECISIONS);
  await page.context().close();
  const held = '/api/v1/queues/held/items';
  const asked = await askBesideWebhooks(server, KEY, ACCOUNT, {
    'health check': '/healthz',
    'counts of the queues': '/api/v1/queues',
    'a page of the queue': held,
    'the same, of one sender': `${held}?from=${encodeURIComponent('+15551000007')}`,
    'the same, by a label that none has': `${held}?label=none`,
  });
  return [
    row('next of the queue shown after a decision, ms', shown, MAX_NEXT_MS),
    row('with the figures of its sender and its copies, ms', complete),
    ...asked.flatMap(({ name, answers, longestWait }) => [
      row(`${name}, ms`, answers),
      row('longest wait of ten webhooks a second meanwhile, ms', [longestWait], MAX_WAIT_MS),
    ]),
  ];
}

function row(name: string, values: number[], limit: number | '' = ''): Row {
  const short = (value: number) => Number(value.toPrecision(3));
  const slowest = values.length > 1 ? short(quantile(values, 1)) : '';
  return { '': name, value: short(median(values)), slowest, limit };
}

/** A context of its own, so with an empty cache; signed in. */
async function open(browser: Browser, server: ServerProcess): Promise<Page> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  await signInContext(context, server, KEY);
  const page = await context.newPage();
  page.on('pageerror', (error) => {
    console.error(error);
    process.exitCode = 1;
  });
  await addMeasures(page);
  return page;
}

/** @returns milliseconds until the pictures of the first screen are painted */
async function navigate(
  browser: Browser,
  server: ServerProcess,
  path: string,
  isFilled: boolean,
): Promise<number> {
  const page = await open(browser, server);
  const body = await plainPage(server);
  await page.route('**/plain', (route) => route.fulfill({ contentType: 'text/html', body }));
  await page.goto(server.url + path, { waitUntil: 'commit' });
  const painted = await page.evaluate((filled) => window.untilPainted(filled), isFilled);
  await page.context().close();
  return painted;
}

async function plainPage(server: ServerProcess): Promise<string> {
  const sids = await newest({ url: server.url, key: KEY }, PLAIN_PICTURES);
  // As large as the rows of the grid, whose tiles take this size.
  const images = sids.map(
    (sid) => `<img src="/api/v1/media/${sid}/thumbnail?size=medium" height="230" alt="">`,
  );
  return `<!doctype html><title>plain</title>${images.join('')}`;
}

async function newest(
  { url, key }: { url: string; key: string },
  limit: number,
): Promise<string[]> {
  const headers = { authorization: `Bearer ${key}` };
  const answer = await fetch(`${url}/api/v1/media?limit=${limit}`, { headers });
  if (!answer.ok) throw new Error(`the list was answered ${answer.status}`);
  const { items } = (await answer.json()) as { items: { sid: string }[] };
  return items.map(({ sid }) => sid);
}
