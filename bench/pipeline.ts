import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { FakeTwilioReport } from './fake-twilio.ts';
import { startHelperProcess } from './helper-process.ts';
import { waitAlone, waitAtPace, waitBesideFlood, watchBusyServer } from './pipeline-latency.ts';
import type { PictureSize } from './pipeline-pictures.ts';
import { type Measured, mebibytes, perSecond, reportPipeline, round } from './pipeline-report.ts';
import { countWork, measureBareLoop, measureServer, type Round } from './pipeline-rounds.ts';
import {
  ACCOUNT,
  type DatabaseKind,
  type PipelineServer,
  startPipelineServer,
} from './pipeline-server.ts';
import { childrenOf } from './proc.ts';
import { peakBytes, residentBytes } from './process-memory.ts';
import { median } from './statistics.ts';

// `npm run bench:pipeline`: the whole way of messages, from signed webhooks as fast as they are answered, over
// the fetch from a stand-in for Twilio in a process of its own on the loopback, to what is stored with three
// thumbnails; beside a bare loop that fetches the same pictures and makes three thumbnails with sharp, as many
// at once as the server decodes, in turns. By the clock, from the first webhook to the last attachment stored,
// and by the processor time of each process, which other load on the machine changes less.
//
// Then, on each database: how long a message takes when it is alone, and at half the rate that was measured;
// the webhook's answers and memory while the server is busy; and, in another process that is not timed,
// statements, transactions and syncs. Servers keep what they have stored until the end. Linux only.
//
//   --messages 1000            of a round; 80 with photos; a tenth of it with ten attachments
//   --attachments 1            of each message: 1 or 10
//   --size mms                 mms: 640x480 to 1600x1200, 100 to 600 KB; photo: 12 megapixels, 5 MB
//   --database both            embedded, postgres (on the server that BENCH_DATABASE_URL names) or both
//   --rounds 3
//   --fair                     also single messages of one sender beside 1,000 attachments of another
//   --idle                     also memory 65 seconds after the work

const { values: options } = parseArgs({
  options: {
    messages: { type: 'string' },
    attachments: { type: 'string', default: '1' },
    size: { type: 'string', default: 'mms' },
    database: { type: 'string', default: 'both' },
    rounds: { type: 'string' },
    fair: { type: 'boolean', default: false },
    idle: { type: 'boolean', default: false },
  },
});
const SIZE = oneOf<PictureSize>('size', ['mms', 'photo']);
const ATTACHMENTS = Number(oneOf('attachments', ['1', '10']));
const DATABASES: DatabaseKind[] =
  oneOf('database', ['embedded', 'postgres', 'both']) === 'both'
    ? ['embedded', 'postgres']
    : [options.database as DatabaseKind];
const ROUNDS = amount('rounds', 3);
const MESSAGES = amount('messages', (SIZE === 'photo' ? 80 : 1000) / ATTACHMENTS);
const WARM_UP = Math.ceil(MESSAGES / 5);
const BUSY = Math.ceil(MESSAGES / 2);
const AT_PACE = Math.min(Math.ceil(MESSAGES / 3), 200);
const COUNTED = Math.min(MESSAGES, 500);
// As many as the server decodes at once without a setting.
const CONCURRENCY = availableParallelism();
// Caches and buffers that are freed after a minute are gone.
const IDLE_MS = 65_000;
const LIBUV_THREADS = 4;

// Undone in reverse order.
const closing: (() => unknown)[] = [];
let isClosing: Promise<void> | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void close().finally(() => process.exit(1)));
}
try {
  await measure();
} finally {
  await close();
}

async function measure(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-bench-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const { accountSid, authToken } = ACCOUNT;
  const twilio = startHelperProcess('fake-twilio.ts', [SIZE, accountSid, authToken]);
  closing.push(() => twilio.stop());
  const twilioReport = (await twilio.ask()) as FakeTwilioReport;
  const bare = startHelperProcess(
    'bare-pipeline.ts',
    [join(folder, 'bare'), String(CONCURRENCY), `${accountSid}:${authToken}`],
    // Each decode takes one of libuv's threads.
    { UV_THREADPOOL_SIZE: String(Math.max(CONCURRENCY, LIBUV_THREADS)) },
  );
  closing.push(() => bare.stop());
  const servers: PipelineServer[] = [];
  for (const kind of DATABASES) {
    const starting = startPipelineServer(kind, folder, twilioReport, CONCURRENCY);
    closing.push(() => starting.then((server) => server.close()).catch(() => undefined));
    servers.push(await starting);
  }
  const kilobytes = twilioReport.pictureSizes.map((bytes) => bytes / 1000);
  console.log(
    `${ROUNDS} rounds of ${MESSAGES} messages with ${ATTACHMENTS} attachment(s), of ` +
      `${round(Math.min(...kilobytes))} to ${round(Math.max(...kilobytes))} KB, ${CONCURRENCY} decoded at once`,
  );

  const bareRounds: Round[] = [];
  const rounds = new Map<PipelineServer, Round[]>(servers.map((server) => [server, []]));
  for (let number = 0; number <= ROUNDS; number += 1) {
    // Round 0 warms up and is not counted.
    const messages = number === 0 ? WARM_UP : MESSAGES;
    const own = await measureBareLoop(bare, twilioReport.apiUrl, messages * ATTACHMENTS);
    if (number > 0) bareRounds.push(own);
    for (const server of servers) {
      const one = await measureServer(server, messages, ATTACHMENTS);
      if (number > 0) rounds.get(server)?.push(one);
    }
  }
  const measured = new Map<string, Measured>();
  const lines: string[] = [];
  for (const server of servers) {
    const own = rounds.get(server) ?? [];
    measured.set(server.kind, await measureFurther(server, own, folder, lines));
  }
  reportPipeline(bareRounds, measured);
  lines.push(`peak resident memory of the bare loop: ${mebibytes(peakBytes(bare.pid))} MiB`);
  console.log(lines.join('\n'));
}

async function measureFurther(
  server: PipelineServer,
  rounds: Round[],
  folder: string,
  lines: string[],
): Promise<Measured> {
  const rate = median(rounds.map(perSecond));
  const alone = await waitAlone(server, ATTACHMENTS);
  const halfRate = await waitAtPace(server, AT_PACE, ATTACHMENTS, rate / 2 / ATTACHMENTS);
  const { answers, memory } = await watchBusyServer(server, BUSY, ATTACHMENTS);
  lines.push(
    `peak resident memory on ${server.kind}: server ${mebibytes(peakBytes(server.pid))} MiB, ` +
      `its decoders together ${mebibytes(memory.children)} MiB`,
  );
  if (options.fair) {
    const one = await waitAlone(server, 1);
    const beside = await waitBesideFlood(server, rate);
    lines.push(
      `single messages on ${server.kind} beside another sender's 1,000 attachments: p50 ` +
        `${beside.p50} ms, longest ${beside.max} ms, ${round(beside.max / one.p99, 1)} times the p99 ` +
        `of messages alone (${one.p99} ms)`,
    );
  }
  if (options.idle) {
    await setTimeout(IDLE_MS);
    const children = childrenOf(server.pid).map((pid) => mebibytes(residentBytes(pid)));
    lines.push(
      `resident memory on ${server.kind} ${IDLE_MS / 1000} s after the work: server ` +
        `${mebibytes(residentBytes(server.pid))} MiB, its decoders ${children.join(', ')} MiB`,
    );
  }
  const counts = await countWork(server, folder, COUNTED, ATTACHMENTS);
  return { rounds, alone, halfRate, answers, memory, counts };
}

function close(): Promise<void> {
  isClosing ??= (async () => {
    for (let undo = closing.pop(); undo !== undefined; undo = closing.pop()) {
      try {
        await undo();
      } catch (error) {
        console.error(error);
        process.exitCode = 1;
      }
    }
  })();
  return isClosing;
}

function oneOf<T extends string>(
  name: 'size' | 'attachments' | 'database',
  known: readonly T[],
): T {
  const value = known.find((one) => one === options[name]);
  if (value === undefined) throw new Error(`--${name} is one of ${known.join(', ')}`);
  return value;
}

function amount(name: 'messages' | 'rounds', otherwise: number): number {
  const value = Number(options[name] ?? otherwise);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} is a number from 1`);
  return value;
}
