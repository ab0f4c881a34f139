import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { FLOOD_ANSWERS, FLOOD_KINDS, type FloodKind } from './flood-kinds.ts';
import { type Load, sendMessages } from './load.ts';
import { startServerProcess } from './server-process.ts';
import { median } from './statistics.ts';

// `npm run bench:flood`: how long good webhooks take alone, and beside a flood of refused ones that
// comes as fast as one client on the loopback can send it, in turns. BENCH_DATABASE_URL names an empty
// database on a PostgreSQL server; without it the database is the embedded one.
//
//   --kinds signature,parameters,bound   what floods (flood-generator.ts), one after the other
//   --tokens 1,4                         auth tokens of the account that is named, one server for each
//   --connections 10                     of the flood

const { values: options } = parseArgs({
  options: {
    kinds: { type: 'string', default: FLOOD_KINDS.join(',') },
    tokens: { type: 'string', default: '1,4' },
    connections: { type: 'string', default: '10' },
  },
});
const kinds = options.kinds.split(',').map((name) => {
  const kind = FLOOD_KINDS.find((known) => known === name);
  if (kind === undefined) throw new Error(`--kinds are of ${FLOOD_KINDS.join(', ')}`);
  return kind;
});
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
// More than ten seconds of them: the upkeep of the embedded database runs that often, and so in each half.
const MESSAGES = Number(process.env.BENCH_MESSAGES ?? 1200);
// As a quiet number has: two at a time.
const GOOD_CONNECTIONS = 2;
const ACCOUNT = { accountSid: `AC${'ab'.repeat(16)}`, authToken: 'bench-auth-token' };
const PUBLIC_URL = 'https://mms.example.com';

interface Round {
  alone: Load;
  flooded: Load;
  /** Requests a second, refused meanwhile. */
  refusals: number;
}

const databaseUrl = process.env.BENCH_DATABASE_URL;
for (const tokens of options.tokens.split(',').map(Number)) await measure(tokens);

async function measure(tokens: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-bench-'));
  const others = Array.from({ length: tokens - 1 }, (_, n) => `${ACCOUNT.accountSid}:other-${n}`);
  const env = {
    PUBLIC_URL,
    TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    TWILIO_AUTH_TOKENS: others.join(','),
    DATA_DIR: folder,
    // Only the acknowledgement is measured: nothing is fetched.
    ROLES: 'receiver',
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  };
  // The log as it is by default: to write it is part of the work.
  const server = await startServerProcess('src/main.ts', env, 'ignore');
  try {
    const send = () =>
      sendMessages(
        { ...ACCOUNT, baseUrl: server.url, publicUrl: PUBLIC_URL },
        MESSAGES,
        GOOD_CONNECTIONS,
      );
    await send();
    for (const kind of kinds) {
      const rounds: Round[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const alone = await send();
        const { flooded, refusals } = await beside(server.url, kind, send);
        rounds.push({ alone, flooded, refusals });
      }
      report(kind, tokens, rounds);
    }
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function beside(
  serverUrl: string,
  kind: FloodKind,
  send: () => Promise<Load>,
): Promise<Omit<Round, 'alone'>> {
  const flood = spawn(
    process.execPath,
    ['bench/flood-generator.ts', `${serverUrl}/twilio/incoming`, options.connections, kind],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const output = text(flood.stdout);
  const ended = once(flood, 'exit');
  try {
    // It has begun when the server has refused something.
    for (const before = await refused(serverUrl); (await refused(serverUrl)) === before; ) {
      await setTimeout(50);
    }
    return { flooded: await send(), refusals: await endFlood() };
  } finally {
    flood.kill();
  }

  async function endFlood(): Promise<number> {
    flood.stdin.end();
    await ended;
    const { perSecond, statuses, errors } = JSON.parse(await output);
    if (errors > 0 || Object.keys(statuses).join() !== FLOOD_ANSWERS[kind]) {
      throw new Error(`The flood was not refused alone: ${JSON.stringify({ statuses, errors })}`);
    }
    return perSecond;
  }
}

async function refused(serverUrl: string): Promise<number> {
  const metrics = await (await fetch(`${serverUrl}/metrics`)).text();
  return Number(/^mms_inbox_webhooks_total\{outcome="refused"\} (\d+)/m.exec(metrics)?.[1] ?? 0);
}

function report(kind: FloodKind, tokens: number, rounds: Round[]): void {
  const ratios = rounds.map(({ alone, flooded }) => flooded.p99 / alone.p99);
  const of = (pick: (round: Round) => number) => Math.round(median(rounds.map(pick)));
  console.log(
    `${ROUNDS} rounds of ${MESSAGES} good webhooks over ${GOOD_CONNECTIONS} connections, alone and ` +
      `beside a flood (${kind}) over ${options.connections}, account with ${tokens} token(s), medians; database: ` +
      `${databaseUrl === undefined ? 'embedded' : 'PostgreSQL'}`,
  );
  console.table([
    { '': 'alone', 'p50 ms': of(({ alone }) => alone.p50), 'p99 ms': of(({ alone }) => alone.p99) },
    {
      '': 'beside the flood',
      'p50 ms': of(({ flooded }) => flooded.p50),
      'p99 ms': of(({ flooded }) => flooded.p99),
      'refused/s': of(({ refusals }) => refusals),
    },
  ]);
  const list = ratios.map((ratio) => ratio.toFixed(2)).join(', ');
  console.log(`p99 beside the flood : p99 alone, median ${median(ratios).toFixed(2)} (${list})`);
}
