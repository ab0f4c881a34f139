import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Database, Transaction } from '../src/database/database.ts';
import { openDatabase } from '../src/database/open-database.ts';
import { newEventId } from '../src/events/record-events.ts';
import { insertRows, mediaRow, messageRow } from '../src/inbound/message-rows.ts';
import { createLogger } from '../src/monitoring/logger.ts';
import { median } from './statistics.ts';

// `npm run bench:insert`: a group of messages with one attachment each, written by the one statement of
// `insertRows` and by Prisma's `createManyAndReturn` for each table, in turns, in a transaction each.
// BENCH_DATABASE_URL names a server to measure beside the embedded database.

const ROUNDS = 7;
const GROUPS = 150;
const GROUP_SIZE = 10;
const SERVER = process.env.BENCH_DATABASE_URL;

const INITIAL = {
  moderation: 'visible',
  message: { moderation: 'visible', followsMedia: false },
  isRefused: false,
  decidedBy: null,
  isErased: false,
} as const;

type Rows = ReturnType<typeof newGroup>;

function newGroup() {
  const messages = Array.from({ length: GROUP_SIZE }, () => {
    const sid = `MM${randomBytes(16).toString('hex')}`;
    const media = {
      sid: `ME${randomBytes(16).toString('hex')}`,
      index: 0,
      url: 'https://api.twilio.com/bench',
      declaredContentType: 'image/jpeg',
      state: 'pending' as const,
      reason: null,
    };
    return {
      sid,
      accountSid: `AC${'ab'.repeat(16)}`,
      from: '+15551234567',
      to: '+15557654321',
      body: 'a text of ordinary length, as people send it',
      source: 'webhook' as const,
      params: { MessageSid: sid, NumMedia: '1' },
      receivedAt: new Date(),
      media: [media],
      signatureHash: randomBytes(32).toString('hex'),
      suspect: null,
      ...INITIAL,
    };
  });
  return {
    messages: messages.map(messageRow),
    media: messages.flatMap((message) =>
      message.media.map((one) => mediaRow(message, one, INITIAL)),
    ),
  };
}

async function byStatement(tx: Transaction, { messages, media }: Rows): Promise<void> {
  const inserted = await insertRows(tx, messages, media);
  if (inserted.media.length !== GROUP_SIZE) throw new Error('not all were written');
}

/** The same rows, without the check for muted senders. */
async function byPrisma(tx: Transaction, { messages, media }: Rows): Promise<void> {
  const inserted = await tx.message.createManyAndReturn({
    data: messages.map((row) => ({
      sid: row.sid,
      accountSid: row.account_sid,
      from: row.from,
      to: row.to,
      body: row.body,
      source: row.source,
      params: { MessageSid: row.sid, NumMedia: '1' },
      receivedAt: row.received_at,
      signatureHash: row.signature_hash,
    })),
    skipDuplicates: true,
    select: { sid: true },
  });
  const fresh = new Set(inserted.map(({ sid }) => sid));
  const kept = await tx.media.createManyAndReturn({
    data: media
      .filter((row) => fresh.has(row.message_sid))
      .map((row) => ({
        sid: row.sid,
        messageSid: row.message_sid,
        accountSid: row.account_sid,
        index: row.index,
        url: row.url,
        from: row.from,
        to: row.to,
        receivedAt: row.received_at,
        nextAttemptAt: row.next_attempt_at,
        declaredContentType: row.declared_content_type,
      })),
    skipDuplicates: true,
    select: { sid: true },
  });
  await tx.event.createMany({
    data: messages.map(({ sid, event_data }) => ({
      id: newEventId(),
      type: 'message.received',
      messageSid: sid,
      data: event_data,
    })),
  });
  if (kept.length !== GROUP_SIZE) throw new Error('not all were written');
}

async function measure(database: Database, write: typeof byPrisma): Promise<number> {
  const groups = Array.from({ length: GROUPS }, newGroup);
  const startedAt = performance.now();
  for (const group of groups) await database.prisma.$transaction((tx) => write(tx, group));
  return (performance.now() - startedAt) / GROUPS;
}

async function compare(name: string, database: Database) {
  const statement: number[] = [];
  const prisma: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const both = [await measure(database, byStatement), await measure(database, byPrisma)];
    // Round 0 warms up and is not counted.
    if (round === 0) continue;
    statement.push(both[0] ?? Number.NaN);
    prisma.push(both[1] ?? Number.NaN);
  }
  const ratios = prisma.map((time, round) => time / (statement[round] ?? Number.NaN));
  return {
    database: name,
    'one statement, ms': Number(median(statement).toFixed(2)),
    'createManyAndReturn, ms': Number(median(prisma).toFixed(2)),
    'times as long': Number(median(ratios).toFixed(2)),
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-bench-'));
const log = createLogger('error');
const rows = [];
const embedded = await openDatabase({ databaseUrl: undefined, dataDir: folder }, log);
rows.push(await compare('embedded', embedded));
await embedded.close();
await rm(folder, { recursive: true, force: true });
if (SERVER !== undefined) {
  const name = `bench_insert_${process.pid}`;
  await onServer(SERVER, `CREATE DATABASE ${name}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  const server = await openDatabase({ databaseUrl: url.href, dataDir: folder }, log);
  rows.push(await compare('PostgreSQL', server));
  await server.close();
  await onServer(SERVER, `DROP DATABASE ${name} WITH (FORCE)`);
}
console.log(`A group of ${GROUP_SIZE} messages, medians of ${ROUNDS} rounds of ${GROUPS} groups`);
console.table(rows);
