import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { fixturePath, hasFfmpeg } from '../test/support/fixtures.ts';
import { asAnotherFile, samplePhoto } from './sample-photo.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { median, quantile } from './statistics.ts';
import { uploadFile } from './upload-file.ts';
import { startWebhookStream, type WebhookStream } from './webhook-stream.ts';

// `npm run bench:renditions`: renditions per second of photos, voice notes and short videos, requested all at once,
// and how long ten webhooks a second wait for their answers meanwhile, beside how long they wait while nothing else
// happens. In turns, on the embedded database, or on the empty one on a server that BENCH_DATABASE_URL names. The
// clips are the samples of the tests; they need ffmpeg.

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    /** Milliseconds without renditions in each round; the webhooks of both halves are about as many. */
    quiet: { type: 'string', default: '20000' },
  },
});
const ROUNDS = Number(options.rounds);
const QUIET_MS = Number(options.quiet);
const KEY = 'bench-admin-key-0123456789';
const HEADERS = { authorization: `Bearer ${KEY}` };
const ACCOUNT = {
  accountSid: `AC${'ab'.repeat(16)}`,
  authToken: 'bench-auth-token',
  publicUrl: 'https://mms.example.com',
};
const TIMEOUT_MS = 300_000;
const POLL_MS = 50;

interface Kind {
  title: string;
  as: 'picture' | 'audio' | 'video';
  /** Of each round. */
  count: number;
  /** The same sample as another file each time. */
  file: (number: number) => Buffer;
}

/** Of one round: renditions per second, and the p99 of webhooks in milliseconds. */
interface Round {
  perSecond: number;
  quiet: number;
  beside: number;
}

const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-bench-'));
const databaseUrl = process.env.BENCH_DATABASE_URL;
let counter = 0;
let server: ServerProcess | undefined;
let webhooks: WebhookStream | undefined;
try {
  server = await startServerProcess('src/main.ts', {
    TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    PUBLIC_URL: ACCOUNT.publicUrl,
    ADMIN_API_KEY: KEY,
    DATA_DIR: join(folder, 'data'),
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    LOG_LEVEL: 'error',
  });
  webhooks = startWebhookStream({ ...ACCOUNT, baseUrl: server.url });
  const rows = [];
  for (const kind of await kinds()) {
    // One warms up, and is not counted.
    await measure(server.url, webhooks, { ...kind, count: 2 }, 1000);
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push(await measure(server.url, webhooks, kind, QUIET_MS));
    }
    rows.push(rowOf(kind, rounds));
  }
  console.table(rows);
} finally {
  await webhooks?.stop();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
}

async function kinds(): Promise<Kind[]> {
  const photo = await samplePhoto();
  const pictures: Kind[] = [
    {
      title: 'JPEG of 12 megapixels → picture',
      as: 'picture',
      count: 40,
      file: (number) => asAnotherFile(photo, number),
    },
    {
      title: 'HEIC, 640 × 480 → picture',
      as: 'picture',
      count: 100,
      file: withFreeBox(await sample('photo.heic')),
    },
  ];
  if (!hasFfmpeg()) {
    console.log('without ffmpeg: pictures only');
    return pictures;
  }
  return [
    ...pictures,
    {
      title: 'voice note in AMR, 2.5 s → audio',
      as: 'audio',
      count: 60,
      file: withFreeBox(await sample('voice-only.3gp')),
    },
    {
      title: 'clip in H.263, 176 × 144 → video',
      as: 'video',
      count: 40,
      file: withFreeBox(await sample('video.3gp')),
    },
  ];
}

function sample(name: string): Promise<Buffer> {
  return readFile(fixturePath(name));
}

/** As another file: a box at its end that readers skip [ISO 14496-12, 8.1.2]. */
function withFreeBox(bytes: Buffer): (number: number) => Buffer {
  return (number) => {
    const box = Buffer.alloc(16);
    box.writeUInt32BE(box.length, 0);
    box.write('free', 4, 'latin1');
    box.writeBigUInt64BE(BigInt(number), 8);
    return Buffer.concat([bytes, box]);
  };
}

async function measure(
  url: string,
  stream: WebhookStream,
  { as, count, file }: Kind,
  quietMs: number,
): Promise<Round> {
  const sids: string[] = [];
  for (let n = 0; n < count; n += 1) sids.push(await uploadFile(url, KEY, file(counter++)));
  await Promise.all(
    sids.map((sid) =>
      until(async () => (await api(url, `/api/v1/media/${sid}`)).state === 'stored'),
    ),
  );
  const quietSince = performance.now();
  await setTimeout(quietMs);
  const quiet = await stream.waitsSince(quietSince);

  const startedAt = performance.now();
  const path = (sid: string) => `${url}/api/v1/media/${sid}/rendition?as=${as}`;
  for (const sid of sids) await read('GET', path(sid));
  // One after the other: to be asked is work for the server, too.
  for (const sid of sids) await until(async () => (await read('HEAD', path(sid))) === 200);
  const seconds = (performance.now() - startedAt) / 1000;
  const beside = await stream.waitsSince(startedAt);
  for (const sid of sids)
    await fetch(`${url}/api/v1/media/${sid}`, { method: 'DELETE', headers: HEADERS });
  return {
    perSecond: count / seconds,
    quiet: quantile(quiet, 0.99),
    beside: quantile(beside, 0.99),
  };
}

async function read(method: string, url: string): Promise<number> {
  const response = await fetch(url, { method, headers: HEADERS });
  await response.arrayBuffer();
  return response.status;
}

async function api(url: string, path: string) {
  const response = await fetch(url + path, { headers: HEADERS });
  if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
  return response.json();
}

async function until(isDone: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!(await isDone())) {
    if (Date.now() > deadline) throw new Error('it was not made in time');
    await setTimeout(POLL_MS);
  }
}

function rowOf({ title }: Kind, rounds: Round[]) {
  const ratios = rounds.map(({ quiet, beside }) => beside / quiet);
  const middle = (key: keyof Round) => Number(median(rounds.map((round) => round[key])).toFixed(1));
  const at = (share: number) => Number(quantile(ratios, share).toFixed(2));
  return {
    rendition: title,
    'made per second': middle('perSecond'),
    'p99 of webhooks, quiet, ms': middle('quiet'),
    'p99 meanwhile, ms': middle('beside'),
    'ratio, median': at(0.5),
    lowest: at(0),
    highest: at(1),
  };
}
