import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { tellingPicture } from '../support/distinct-picture.ts';
import { type EventReceiver, startEventReceiver } from '../support/event-receiver.ts';
import {
  findUnboundedReads,
  type RecordedStatements,
  recordStatements,
  type SentStatement,
  type UnboundedRead,
} from '../support/query-plans.ts';
import { readMetrics } from '../support/read-metrics.ts';
import { seedInbox } from '../support/seed-inbox.ts';
import { SEEDED, SEEDED_SINCE, seededSid } from '../support/seed-rows.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// Everything that a process sends to a database with large tables: its start, its sweeps, and the way of messages and
// decisions. Nothing is listed here: a statement that is new in one of these ways is explained, too.

const ROWS = 30_000;
/** Some windows of a thousand rows. */
const MAX_ROWS_READ = 5000;
const daysSince = (time: Date) => Math.floor((Date.now() - time.getTime()) / 86_400_000);
const NEW_SENDER = '+15559990001';

let inbox: TestInbox;
let receiver: EventReceiver;
let statements: RecordedStatements;
/** What each phase has sent, and what of it reads too much. */
const recorded = new Map<string, SentStatement[]>();
const unbounded = new Map<string, UnboundedRead[]>();

beforeAll(async () => {
  receiver = await startEventReceiver();
  inbox = await startTestInbox();
  statements = recordStatements();
  const env = {
    EVENT_HOSTS: receiver.hostPort,
    // Those of the first day.
    RETENTION_DAYS: `failed:${daysSince(SEEDED_SINCE) - 1}`,
    DELETE_UPSTREAM: 'never',
    RECONCILE_INTERVAL_MINUTES: '60',
  };
  await inbox.restart(env, seed);
  await record('start and sweeps', untilSwept);
  await record('scrapes', scrape);
  await record('messages', receiveMessages);
  await record('decisions', decide);
  await record('deletions', deleteSome);
  await inbox.restart({}, explainAll);
}, 600_000);

afterAll(async () => {
  statements.stop();
  await inbox.stop();
  await receiver.kill();
});

async function seed(): Promise<void> {
  const database = await openDatabase(inbox, createLogger('silent'));
  await seedInbox(database, ROWS);
  await database.close();
  statements.take();
}

/** Takes what was sent since the last phase. */
async function record(phase: string, run: () => Promise<void>): Promise<void> {
  await run();
  recorded.set(phase, statements.take());
}

/** Housekeeping begins with the process; retention is the longest part of it. */
async function untilSwept(): Promise<void> {
  await eventually(async () => {
    expect(inbox.logLines.join('\n')).toContain('media deleted by retention rules');
  }, 120_000);
}

/** Until all gauges have a value. */
async function scrape(): Promise<void> {
  await eventually(async () => {
    const metrics = await readMetrics(inbox.url);
    expect(metrics.get('mms_inbox_media{state="stored"}')).toBeGreaterThan(ROWS / 2);
    expect(metrics.get('mms_inbox_queue_items{queue="held"}')).toBeGreaterThan(0);
  });
}

const post = (path: string, body: object = {}) => inbox.api('post', `/api/v1${path}`).send(body);

async function receiveMessages(): Promise<void> {
  const { body } = await post('/endpoints', { url: receiver.url, description: 'of the test' });
  receiver.secret = body.secret;
  const bytes = await tellingPicture(1);
  for (let n = 0; n < 2; n += 1) {
    const attachments = [{ bytes, contentType: 'image/jpeg' }];
    const { message } = await inbox.receive({ from: NEW_SENDER, attachments });
    await inbox.mediaOf(message.sid, 'stored');
  }
  await eventually(async () => expect(receiver.accepted.length).toBeGreaterThan(3));
}

async function decide(): Promise<void> {
  const { body: next } = await post('/claims/next', { queue: 'held' }).expect(201);
  await post(`/media/${next.media.sid}/decision`, { decision: 'approve' }).expect(200);
  await post(`/media/${seededSid('ME', 78)}/decision`, { decision: 'quarantine' }).expect(200);
  await post(`/messages/${seededSid('MM', 79)}/decision`, { decision: 'hold' }).expect(200);
  await post(`/media/${seededSid('ME', 80)}/reports`, { reason: 'of the test' }).expect(201);
  await post('/notes', { mediaSid: seededSid('ME', 80), text: 'of the test' }).expect(201);
  const { body: act } = await post('/bulk', {
    action: 'hold',
    filter: { from: SEEDED.sender, contentType: 'video/' },
  });
  await untilEnded(`/bulk/${act.id}`, 'endedAt');
}

async function deleteSome(): Promise<void> {
  await inbox.api('delete', `/api/v1/media/${seededSid('ME', 90)}?scope=same-bytes`).expect(204);
  await inbox.api('delete', `/api/v1/messages/${seededSid('MM', 91)}`).expect(204);
  const { body: act } = await post('/bulk', { action: 'delete', sids: [seededSid('ME', 92)] });
  await untilEnded(`/bulk/${act.id}`, 'endedAt');
  const { body: erasure } = await post('/senders/erasures', { address: NEW_SENDER });
  await untilEnded(`/senders/erasures/${erasure.id}`, 'erasedAt');
}

async function untilEnded(path: string, property: string): Promise<void> {
  await eventually(async () => {
    const { body } = await inbox.api('get', `/api/v1${path}`).expect(200);
    expect(body[property]).toEqual(expect.any(String));
  });
}

/** On the same data, while no server runs. */
async function explainAll(): Promise<void> {
  recorded.get('deletions')?.push(...statements.take());
  const database = await openDatabase(inbox, createLogger('silent'));
  try {
    await database.prisma.$executeRawUnsafe('ANALYZE');
    const { databaseUrl } = inbox;
    if (databaseUrl === undefined) await explainEmbedded(database);
    else await explainOnServer(databaseUrl);
  } finally {
    await database.close();
  }
}

/** The embedded database has one connection: its upkeep waits for it as long as the transaction lasts. */
async function explainEmbedded({ prisma }: Database): Promise<void> {
  await prisma.$transaction(
    async (tx) => {
      await tx.$executeRaw`SELECT 1`;
      const last = statements.take().at(-1);
      if (last === undefined) throw new Error('no connection was recorded');
      await findAll(last.client);
    },
    { timeout: 600_000 },
  );
}

/** The pool would close an idle connection meanwhile. */
async function explainOnServer(databaseUrl: string): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await findAll(client);
  await client.end();
}

async function findAll(client: pg.Client): Promise<void> {
  for (const [phase, sent] of recorded) {
    unbounded.set(phase, await findUnboundedReads(client, sent, MAX_ROWS_READ));
  }
}

test.each(['start and sweeps', 'scrapes', 'messages', 'decisions', 'deletions'])(
  '%s: each statement reads what it is about',
  (phase) => {
    expect(recorded.get(phase)?.length).toBeGreaterThan(10);
    expect(unbounded.get(phase)).toEqual([]);
  },
);
