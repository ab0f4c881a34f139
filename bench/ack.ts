import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Load, sendMessages } from './load.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { median } from './statistics.ts';

// `npm run bench:ack`: how fast the webhook is acknowledged, beside a bare Express server with the
// official validator and one insert, on the same PostgreSQL, in turns. BENCH_DATABASE_URL names the
// server; databases of the benchmark's own are made on it and dropped.

const SERVER = process.env.BENCH_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const ROUNDS = 5;
const MESSAGES = Number(process.env.BENCH_MESSAGES ?? 5000);
const WARM_UP = 1000;
const ACCOUNT = { accountSid: `AC${'ab'.repeat(16)}`, authToken: 'bench-auth-token' };
const PUBLIC_URL = 'https://mms.example.com';

interface Contestant {
  name: string;
  entry: string;
  databaseName: string | null;
}
const CONTESTANTS: Contestant[] = [
  { name: 'bare Express + one insert', entry: 'bench/bare-server.ts', databaseName: 'bench_bare' },
  { name: 'mms-inbox, PostgreSQL', entry: 'src/main.ts', databaseName: 'bench_inbox' },
  { name: 'mms-inbox, embedded', entry: 'src/main.ts', databaseName: null },
];

const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-bench-'));
const running: ServerProcess[] = [];
try {
  const loads = new Map<Contestant, Load[]>();
  const urls = new Map<Contestant, string>();
  for (const contestant of CONTESTANTS) urls.set(contestant, await start(contestant));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const contestant of CONTESTANTS) {
      const baseUrl = urls.get(contestant) ?? '';
      const to = { ...ACCOUNT, baseUrl, publicUrl: PUBLIC_URL };
      // Round 0 warms up and is not counted.
      const load = await sendMessages(to, round === 0 ? WARM_UP : MESSAGES);
      if (round > 0) loads.set(contestant, [...(loads.get(contestant) ?? []), load]);
    }
  }
  report(loads);
} finally {
  for (const server of running) await server.stop();
  for (const { databaseName } of CONTESTANTS) {
    if (databaseName) await onServer(`DROP DATABASE IF EXISTS ${databaseName} WITH (FORCE)`);
  }
  await rm(folder, { recursive: true, force: true });
}

async function start({ entry, databaseName }: Contestant): Promise<string> {
  const env: Record<string, string> = {
    PUBLIC_URL,
    TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    DATA_DIR: join(folder, databaseName ?? 'embedded'),
    // Only the acknowledgement is measured: nothing is fetched.
    ROLES: 'receiver',
    LOG_LEVEL: 'error',
  };
  if (databaseName !== null) {
    await onServer(`DROP DATABASE IF EXISTS ${databaseName} WITH (FORCE)`);
    await onServer(`CREATE DATABASE ${databaseName}`);
    const url = new URL(SERVER);
    url.pathname = `/${databaseName}`;
    env.DATABASE_URL = url.href;
  }
  const server = await startServerProcess(entry, env);
  running.push(server);
  return server.url;
}

function report(loads: Map<Contestant, Load[]>): void {
  const rows = CONTESTANTS.map((contestant) => {
    const own = loads.get(contestant) ?? [];
    const bare = loads.get(CONTESTANTS[0] as Contestant) ?? [];
    // Each round against the round beside it: what slows the machine slows both.
    const ratios = own.map(
      (load, round) => load.perSecond / (bare[round]?.perSecond ?? Number.NaN),
    );
    return {
      server: contestant.name,
      'requests/s': Math.round(median(own.map(({ perSecond }) => perSecond))),
      'p50 ms': median(own.map(({ p50 }) => p50)),
      'p99 ms': median(own.map(({ p99 }) => p99)),
      'ratio to bare': Number(median(ratios).toFixed(2)),
    };
  });
  console.log(`${ROUNDS} rounds of ${MESSAGES} messages over 50 connections, medians`);
  console.table(rows);
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
