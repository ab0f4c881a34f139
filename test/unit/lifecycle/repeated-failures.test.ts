import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { startEventHousekeeping } from '../../../src/events/event-outbox.ts';
import type { BlobStore } from '../../../src/files/blob-store.ts';
import type { InboundMessage } from '../../../src/inbound/inbound-message.ts';
import { startErasingSetAside } from '../../../src/inbound/spool/erase-set-aside.ts';
import type { MessageSpool } from '../../../src/inbound/spool/message-spool.ts';
import type { JobQueue } from '../../../src/jobs/job-queue.ts';
import { startHeartbeat } from '../../../src/jobs/worker-heartbeat.ts';
import type { FileWriter } from '../../../src/media/file-writer.ts';
import { startHousekeeping } from '../../../src/media/housekeeping.ts';
import { watchStuckDeletions } from '../../../src/moderation/deletions/stuck-deletions.ts';
import { startRetention } from '../../../src/moderation/retention/retention.ts';

const MINUTE_MS = 60_000;

const lines: Record<string, unknown>[] = [];
const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
let failure: Error;
const fail = () => Promise.reject(failure);

/** Whatever is called on it, however deep, fails. */
const failing: object = new Proxy(fail, { get: () => failing });
const prisma = failing as Database['prisma'];
const database = { prisma, ping: fail } as Partial<Database> as Database;
const queue = {} as JobQueue;
const spool: Partial<MessageSpool> = {
  size: () => ({ messages: 0, rejected: 1 }) as ReturnType<MessageSpool['size']>,
  async *setAside() {
    yield { message: {} as InboundMessage, remove: async () => undefined };
  },
};

beforeEach(() => {
  lines.length = 0;
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

const STARTS: Record<string, [start: () => Promise<() => Promise<void>>, everyMs: number]> = {
  'the worker heartbeat cannot be written, retrying': [
    () => startHeartbeat(database, () => 'lock', log),
    MINUTE_MS / 4,
  ],
  'housekeeping of events failed, retrying': [
    async () => startEventHousekeeping({ database, queue, log }),
    5 * MINUTE_MS,
  ],
  'the check for stuck deletions failed, retrying': [
    async () => watchStuckDeletions(database, log).stop,
    MINUTE_MS,
  ],
  'messages set aside cannot be checked for erased senders, retrying': [
    async () =>
      startErasingSetAside({
        spool: spool as MessageSpool,
        isErased: fail,
        commitMessage: fail,
        log,
      }),
    MINUTE_MS,
  ],
};

const bugLine = (msg: string) => ({
  level: 50,
  msg,
  err: { stack: expect.stringContaining('a bug') },
});

test.each(Object.entries(STARTS))('%s: logged once', async (msg, [start, everyMs]) => {
  failure = new TypeError('a bug');
  const stop = await start();
  await vi.advanceTimersByTimeAsync(5 * everyMs);
  await stop();
  expect(lines).toMatchObject([bugLine(msg)]);
});

test.each(Object.entries(STARTS))(
  'while the database is away, nothing of: %s',
  async (_msg, [start, everyMs]) => {
    failure = new Error('Connection terminated unexpectedly');
    const stop = await start();
    await vi.advanceTimersByTimeAsync(5 * everyMs);
    await stop();
    expect(lines).toEqual([]);
  },
);

test('each task of housekeeping that fails is logged once', async () => {
  failure = new TypeError('a bug');
  const stop = startHousekeeping({
    database,
    queue,
    blobs: {} as BlobStore,
    writer: { id: () => 'this process' } as Partial<FileWriter> as FileWriter,
    forgetOthers: fail,
    resendOthers: fail,
    log,
  });
  await vi.advanceTimersByTimeAsync(180 * MINUTE_MS);
  await stop();
  expect(lines).toMatchObject([
    bugLine('expired idempotency keys, sessions and acts cannot be removed, retrying'),
    bugLine('orphaned files cannot be removed, retrying'),
    bugLine('lost jobs cannot be queued again, retrying'),
    bugLine(
      'lost jobs of deletions, acts, scans, transcripts and verifications cannot be queued again, retrying',
    ),
  ]);
});

test('orphaned files are swept at the start and every hour', async () => {
  let sweeps = 0;
  const findMany = async () => {
    sweeps += 1;
    throw new Error('Connection terminated unexpectedly');
  };
  const stop = startHousekeeping({
    database: { ...database, prisma: { fileWriter: { findMany } } } as unknown as Database,
    queue,
    blobs: {} as BlobStore,
    writer: { id: () => 'this process' } as Partial<FileWriter> as FileWriter,
    forgetOthers: fail,
    resendOthers: fail,
    log,
  });
  await vi.advanceTimersByTimeAsync(0);
  expect(sweeps).toBe(1);
  await vi.advanceTimersByTimeAsync(59 * MINUTE_MS);
  expect(sweeps).toBe(1);
  await vi.advanceTimersByTimeAsync(61 * MINUTE_MS);
  expect(sweeps).toBe(3);
  await stop();
});

test('retention that fails for days is logged once, and again when it works', async () => {
  failure = new TypeError('a bug');
  let sweep: () => Promise<number> = fail;
  const stop = startRetention(() => sweep(), log);
  await vi.advanceTimersByTimeAsync(3 * 1440 * MINUTE_MS);
  sweep = async () => 0;
  await vi.advanceTimersByTimeAsync(1440 * MINUTE_MS);
  await stop();
  expect(lines).toMatchObject([
    bugLine('retention failed, retrying tomorrow'),
    { level: 40, msg: 'retention works again', failures: 4 },
  ]);
});
