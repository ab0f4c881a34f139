import { join } from 'node:path';
import type { HelperProcess } from './helper-process.ts';
import { sendAll } from './message-sender.ts';
import { mediaSidOf } from './pipeline-pictures.ts';
import {
  ACCOUNT,
  DATABASE_NAME,
  DATABASE_URL,
  type PipelineServer,
  POSTGRES_URL,
} from './pipeline-server.ts';
import {
  type PostgresBytes,
  readPostgresBytes,
  readPostgresSyncs,
  watchBackends,
} from './postgres-work.ts';
import { secondsBelow, secondsByThread, secondsOf } from './process-time.ts';
import { untilStored } from './stored-media.ts';
import { readWorkCounts } from './work-counts.ts';

/** What a round of the bare loop or of the server took, in seconds, of `media` attachments. */
export interface Round {
  media: number;
  elapsed: number;
  processor: ProcessorSeconds;
}

/** By process, and of the server by thread; null where it cannot be told, or is part of another. */
export interface ProcessorSeconds {
  /** The thread that serves HTTP and runs the jobs; of the bare loop the whole process. */
  main: number;
  embeddedDatabase: number | null;
  /** Of the server's process: libuv's and V8's. */
  otherThreads: number | null;
  decoders: number | null;
  postgres: number | null;
}

// Linux keeps 15 characters of a name.
const DATABASE_THREAD = 'embedded-database'.slice(0, 15);

/** Sends all messages as fast as they are answered, and waits until all attachments are stored. */
export async function measureServer(
  server: PipelineServer,
  messages: number,
  attachments: number,
): Promise<Round> {
  const prepared = server.sender.prepare(messages, attachments);
  const backends =
    server.kind === 'postgres' ? await watchBackends(POSTGRES_URL, DATABASE_NAME) : undefined;
  try {
    const before = serverSeconds(server.pid);
    const sent = await sendAll(prepared);
    const storedAt = await untilStored(server, sent);
    const used = serverSeconds(server.pid);
    const begun = Math.min(...sent.map(({ sentAt }) => sentAt));
    const main = used.main - before.main;
    const database = used.database - before.database;
    return {
      media: messages * attachments,
      elapsed: (Math.max(...storedAt) - begun) / 1000,
      processor: {
        main,
        embeddedDatabase: server.kind === 'embedded' ? database : null,
        otherThreads: used.all - before.all - main - database,
        decoders: used.decoders - before.decoders,
        postgres: (await backends?.stop()) ?? null,
      },
    };
  } finally {
    await backends?.stop();
  }
}

function serverSeconds(pid: number) {
  const threads = secondsByThread(pid);
  return {
    all: secondsOf(pid),
    main: threads.find(({ isMain }) => isMain)?.seconds ?? 0,
    database: threads.find(({ name }) => name === DATABASE_THREAD)?.seconds ?? 0,
    decoders: secondsBelow(pid),
  };
}

/** Has the bare loop fetch and shrink as many pictures, of the same kinds in the same shares. */
export async function measureBareLoop(
  bare: HelperProcess,
  apiUrl: string,
  media: number,
): Promise<Round> {
  const folder = `${apiUrl}/2010-04-01/Accounts/${ACCOUNT.accountSid}/Messages/MM${'0'.repeat(32)}`;
  const urls = Array.from(
    { length: media },
    (_, number) => `${folder}/Media/${mediaSidOf(number)}`,
  );
  const [begun, before] = [performance.now(), secondsOf(bare.pid)];
  await bare.ask(urls);
  const [elapsed, main] = [(performance.now() - begun) / 1000, secondsOf(bare.pid) - before];
  // Until its files are removed.
  await bare.ask();
  const none = { embeddedDatabase: null, otherThreads: null, decoders: null, postgres: null };
  return { media, elapsed, processor: { main, ...none } };
}

/** How often, for each attachment; NaN where it cannot be told. */
export interface CountsPerMedia {
  /** Without BEGIN, COMMIT and ROLLBACK. */
  statements: number;
  /** Transactions that write, those of single statements included. */
  commits: number;
  /** Transactions that only read. */
  reading: number;
  fileSyncs: number;
  databaseSyncs: number;
  /** On PostgreSQL: of the write-ahead log, and of tables by how long their rows are kept. */
  bytes: Omit<PostgresBytes, 'media'> | undefined;
}

/** Counts in a process of its own, which is slower, so that nothing is timed in it. */
export async function countWork(
  server: PipelineServer,
  folder: string,
  messages: number,
  attachments: number,
): Promise<CountsPerMedia> {
  const path = join(folder, `counts-${server.kind}`);
  const preload = new URL('./count-work.ts', import.meta.url).href;
  await server.restart({ NODE_OPTIONS: `--import ${preload}`, COUNT_WORK_FILE: path });
  const inPostgres = async () =>
    server.kind === 'postgres' ? readPostgresSyncs(POSTGRES_URL) : undefined;
  const readBytes = async () =>
    server.kind === 'postgres' ? readPostgresBytes(DATABASE_URL) : undefined;
  const [before, syncsBefore] = [await readWorkCounts(path), await inPostgres()];
  const bytesBefore = await readBytes();
  const sent = await sendAll(server.sender.prepare(messages, attachments));
  await untilStored(server, sent);
  const [after, syncsAfter] = [await readWorkCounts(path), await inPostgres()];
  const bytesAfter = await readBytes();
  const media = messages * attachments;
  const each = (last: number | null | undefined, first: number | null | undefined) =>
    ((last ?? Number.NaN) - (first ?? Number.NaN)) / media;
  return {
    statements: each(after.statement, before.statement),
    fileSyncs: each(after.fileSync, before.fileSync),
    commits: each(after.commit, before.commit),
    reading: each(after.reading, before.reading),
    databaseSyncs:
      server.kind === 'postgres'
        ? each(syncsAfter, syncsBefore)
        : each(after.databaseSync, before.databaseSync),
    bytes: bytesAfter && {
      wal: each(bytesAfter.wal, bytesBefore?.wal),
      kept: bytesAfter.kept / bytesAfter.media,
      events: bytesAfter.events / bytesAfter.media,
      jobs: bytesAfter.jobs / bytesAfter.media,
      thumbnails: bytesAfter.thumbnails / bytesAfter.media,
    },
  };
}
