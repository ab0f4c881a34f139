import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GetLoad, repeatGet } from './repeat-get.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { median, quantile } from './statistics.ts';

// `npm run bench:content`: bytes per second of content through the Twilio-shaped API, beside
// express.static serving the same file, in turns; then lists per second. On the embedded database.

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9);
const CONNECTIONS = 10;
const FILES = [
  { name: '5 MB', bytes: 5_000_000, amount: 300 },
  { name: '300 KB', bytes: 300_000, amount: 2000 },
];
const LISTED = 10;
const LIST_REQUESTS = 3000;
const ACCOUNT = { sid: `AC${'ab'.repeat(16)}`, authToken: 'bench-auth-token' };
const KEY = 'bench-admin-key-0123456789';
const AUTHORIZATION = `Basic ${btoa(`${ACCOUNT.sid}:${ACCOUNT.authToken}`)}`;
const ACCOUNT_PATH = `/2010-04-01/Accounts/${ACCOUNT.sid}`;

const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-bench-'));
const staticFolder = join(folder, 'static');
const running: ServerProcess[] = [];
try {
  const inbox = await startServerProcess('src/main.ts', {
    TWILIO_ACCOUNT_SID: ACCOUNT.sid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    ADMIN_API_KEY: KEY,
    DATA_DIR: join(folder, 'data'),
    LOG_LEVEL: 'warn',
  });
  running.push(inbox);
  await mkdir(staticFolder);
  const plain = await startServerProcess('bench/static-server.ts', {
    STATIC_FOLDER: staticFolder,
  });
  running.push(plain);
  await measureContent(inbox.url, plain.url);
  await measureLists(inbox.url);
} finally {
  for (const server of running) await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function measureContent(inboxUrl: string, staticUrl: string): Promise<void> {
  const rows = [];
  for (const { name, bytes, amount } of FILES) {
    const content = randomBytes(bytes);
    const { messageSid, sids } = await importFiles(inboxUrl, [content]);
    await waitUntilStored(inboxUrl, sids[0] ?? '');
    const fileName = `${bytes}.bin`;
    await writeFile(join(staticFolder, fileName), content);
    const ours = `${inboxUrl}${ACCOUNT_PATH}/Messages/${messageSid}/Media/${sids[0]}`;
    const theirs = `${staticUrl}/${fileName}`;
    for (const url of [ours, theirs]) await expectBytes(url, content);
    const rounds = await inTurns(ours, theirs, amount);
    const mbPerSecond = (loads: GetLoad[]) =>
      Math.round(median(loads.map(({ perSecond }) => (perSecond * bytes) / 1_000_000)));
    rows.push({
      file: name,
      'mms-inbox MB/s': mbPerSecond(rounds.map(([own]) => own)),
      'express.static MB/s': mbPerSecond(rounds.map(([, other]) => other)),
      'ratio, median': ratio(rounds, 0.5),
      lowest: ratio(rounds, 0),
      highest: ratio(rounds, 1),
    });
  }
  console.log(`content, ${ROUNDS} rounds in turns over ${CONNECTIONS} connections, medians`);
  console.table(rows);
}

/** Both servers after one another in every round, each first in every other one. */
async function inTurns(
  ours: string,
  theirs: string,
  amount: number,
): Promise<[GetLoad, GetLoad][]> {
  const rounds: [GetLoad, GetLoad][] = [];
  const load = { connections: CONNECTIONS, authorization: AUTHORIZATION };
  for (let round = 0; round <= ROUNDS; round += 1) {
    // Round 0 warms up and is not counted.
    const each = { ...load, amount: round === 0 ? Math.ceil(amount / 3) : amount };
    const isOursFirst = round % 2 === 0;
    const first = await repeatGet(isOursFirst ? ours : theirs, each);
    const second = await repeatGet(isOursFirst ? theirs : ours, each);
    if (round > 0) rounds.push(isOursFirst ? [first, second] : [second, first]);
  }
  return rounds;
}

/** Each round against the one beside it: what slows the machine slows both. */
function ratio(rounds: [GetLoad, GetLoad][], q: number): number {
  const ratios = rounds.map(([own, other]) => own.perSecond / other.perSecond);
  return Number(quantile(ratios, q).toFixed(2));
}

async function measureLists(inboxUrl: string): Promise<void> {
  const files = Array.from({ length: LISTED }, () => randomBytes(1000));
  const { messageSid } = await importFiles(inboxUrl, files);
  for (let n = 0; n < 50; n += 1) await importFiles(inboxUrl, [randomBytes(1000)]);
  const rows = [];
  for (const [name, path] of [
    [`Media.json of a message with ${LISTED}`, `/Messages/${messageSid}/Media.json`],
    [`Media.xml of the same`, `/Messages/${messageSid}/Media.xml`],
    ['Messages.json, pages of 50', '/Messages.json'],
    ['one media .json', await firstMedia(inboxUrl, messageSid)],
  ] as const) {
    const load = { amount: LIST_REQUESTS, connections: CONNECTIONS, authorization: AUTHORIZATION };
    await repeatGet(inboxUrl + ACCOUNT_PATH + path, { ...load, amount: 200 });
    const { perSecond, latencies } = await repeatGet(inboxUrl + ACCOUNT_PATH + path, load);
    rows.push({
      list: name,
      'requests/s': Math.round(perSecond),
      'p50 ms': Number(quantile(latencies, 0.5).toFixed(1)),
      'p99 ms': Number(quantile(latencies, 0.99).toFixed(1)),
    });
  }
  console.log(`lists, ${LIST_REQUESTS} requests over ${CONNECTIONS} connections`);
  console.table(rows);
}

async function firstMedia(inboxUrl: string, messageSid: string): Promise<string> {
  const list = await api(inboxUrl, `/api/v1/media?messageSid=${messageSid}&limit=1`);
  return `/Messages/${messageSid}/Media/${list.items[0].sid}.json`;
}

async function importFiles(
  inboxUrl: string,
  files: Buffer[],
): Promise<{ messageSid: string; sids: string[] }> {
  const form = new FormData();
  for (const file of files) form.append('files', new Blob([new Uint8Array(file)]), 'file.bin');
  const { messageSid, items } = await api(inboxUrl, '/api/v1/media', {
    method: 'POST',
    body: form,
  });
  return { messageSid, sids: items.map(({ sid }: { sid: string }) => sid) };
}

async function waitUntilStored(inboxUrl: string, sid: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const media = await api(inboxUrl, `/api/v1/media/${sid}`);
    if (media.state === 'stored') return;
    await new Promise((wait) => setTimeout(wait, 100));
  }
  throw new Error('the file was not stored');
}

async function api(inboxUrl: string, path: string, init: RequestInit = {}) {
  const headers = { authorization: `Bearer ${KEY}` };
  const response = await fetch(inboxUrl + path, { ...init, headers });
  if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
  return response.json();
}

async function expectBytes(url: string, content: Buffer): Promise<void> {
  const response = await fetch(url, { headers: { authorization: AUTHORIZATION } });
  const bytes = Buffer.from(await response.arrayBuffer());
  if (!bytes.equals(content)) throw new Error(`${url} gave ${response.status}, or other bytes`);
}
