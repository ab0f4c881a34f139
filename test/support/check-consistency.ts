import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../../src/database/open-database.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { filesUnder, openReadStore, type ReadStore } from './read-store.ts';
import type { Delivered } from './webhook-load.ts';

/** Inconsistencies; every list is empty when there are none. */
export interface Consistency {
  counts: { delivered: number; acknowledged: number; stored: number };
  /** Messages that were answered with 200 and are not stored, or lack attachments or bytes. */
  lost: string[];
  /** Messages that were not answered, and are not stored either. */
  missed: string[];
  /** Messages or attachments that are stored, or reported as stored, more than once, or were never sent. */
  twice: string[];
  /** Files without a row, and rows that nothing refers to. */
  orphans: string[];
  /**
   * Uploads to a bucket in parts that were neither completed nor aborted, which only a lifecycle rule of the bucket
   * removes; null where the server does not list them.
   */
  unfinishedUploads: string[] | null;
}

/** Where processes that have ended kept what they had. */
export interface Places {
  /** Of each process. The first one has the embedded database. */
  dataDirs: [string, ...string[]];
  /** Undefined for the embedded database. */
  databaseUrl: string | undefined;
  /** Undefined for the blobs folder in each of `dataDirs`. */
  bucketUrl: string | undefined;
  /** The `TMPDIR` of the processes. */
  tempDir: string;
}

type Rows = Awaited<ReturnType<typeof readRows>>;

/** Compares what was sent with the database, the blobs and the disks of processes that have ended. */
export async function checkConsistency(
  delivered: readonly Delivered[],
  places: Places,
): Promise<Consistency> {
  const rows = await readRows(places);
  const { dataDirs, bucketUrl } = places;
  const store = openReadStore(
    dataDirs.map((dataDir) => join(dataDir, 'blobs')),
    bucketUrl,
  );
  try {
    const files = await store.keys();
    const blobProblems = new Map<string, string | null>();
    for (const blob of rows.blobs) blobProblems.set(blob.sha256, await blobProblem(blob, store));
    const broken = delivered
      .map((one) => ({ ...one, problem: messageProblem(one, rows, blobProblems) }))
      .filter(({ problem }) => problem !== null);
    const name = ({ message, problem }: (typeof broken)[number]) => `${message.sid}: ${problem}`;
    return {
      counts: {
        delivered: delivered.length,
        acknowledged: delivered.filter(({ isAcknowledged }) => isAcknowledged).length,
        stored: delivered.length - broken.length,
      },
      lost: broken.filter(({ isAcknowledged }) => isAcknowledged).map(name),
      missed: broken.filter(({ isAcknowledged }) => !isAcknowledged).map(name),
      twice: findTwice(delivered, rows),
      orphans: [
        ...rows.blobs.flatMap(({ key, media }) => (media.length > 0 ? [] : `no media uses ${key}`)),
        ...files.filter((file) => !rows.keys.has(file)).map((file) => `no row names ${file}`),
        ...(await findLeftovers(places)),
      ],
      unfinishedUploads: await store.unfinishedUploads(),
    };
  } finally {
    store.close();
  }
}

async function readRows({ dataDirs: [dataDir], databaseUrl }: Places) {
  const database = await openDatabase({ dataDir, databaseUrl }, createLogger('error'));
  try {
    const { prisma } = database;
    const messages = await prisma.message.findMany({ include: { media: true } });
    const blobs = await prisma.blob.findMany({
      include: { media: true, previews: true, renditions: true },
    });
    const keys = new Set(
      blobs.flatMap(({ key, previews, renditions }) => [
        key,
        ...[...previews, ...renditions].flatMap((file) => file.key ?? []),
      ]),
    );
    const events = await prisma.event.findMany({ where: { type: 'media.stored' } });
    const stored = events.map(({ mediaSid }) => mediaSid);
    return { messages: new Map(messages.map((row) => [row.sid, row])), blobs, keys, stored };
  } finally {
    await database.close();
  }
}

/** How a stored message differs from the one sent; null when it does not. */
function messageProblem(
  { message }: Delivered,
  { messages }: Rows,
  blobProblems: ReadonlyMap<string, string | null>,
): string | null {
  const row = messages.get(message.sid);
  if (row === undefined) return 'no row';
  for (const [index, { sid, sha256 }] of message.media.entries()) {
    const media = row.media.find((one) => one.sid === sid);
    if (media?.index !== index) return `attachment ${index} has no row`;
    if (media.state !== 'stored') return `attachment ${index} is ${media.state}: ${media.reason}`;
    if (media.blobSha256 !== sha256) return `attachment ${index} has other bytes`;
    const problem = blobProblems.get(sha256) ?? null;
    if (problem !== null) return `attachment ${index}: ${problem}`;
  }
  return null;
}

async function blobProblem(
  { sha256, key, previews }: Rows['blobs'][number],
  store: ReadStore,
): Promise<string | null> {
  const bytes = await store.read(key);
  if (bytes === null) return 'there is no file';
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) return 'the file differs';
  if (previews.length < 3) return `there are ${previews.length} previews`;
  for (const preview of previews) {
    const file = await store.read(preview.key);
    if (file?.byteLength !== preview.byteSize) return `preview ${preview.size} is not whole`;
  }
  return null;
}

function findTwice(delivered: readonly Delivered[], { messages, stored }: Rows): string[] {
  const sent = new Map(delivered.map(({ message }) => [message.sid, message]));
  const repeated = stored.filter((sid, place) => stored.indexOf(sid) !== place);
  const rows = [...messages.values()].flatMap(({ sid, media }) => {
    const message = sent.get(sid);
    if (message === undefined) return [`nobody sent ${sid}`];
    return media.length === message.media.length ? [] : [`${sid} has ${media.length} attachments`];
  });
  return [...rows, ...repeated.map((sid) => `${sid} was reported as stored twice`)];
}

/** Files on the disks besides the database and the blobs. */
async function findLeftovers({ dataDirs, tempDir }: Places): Promise<string[]> {
  const left = await Promise.all(dataDirs.map(leftoversOf));
  const temporary = await readdir(tempDir);
  return [...left.flat(), ...temporary.map((name) => `temporary file ${name}`)];
}

async function leftoversOf(dataDir: string): Promise<string[]> {
  const known = ['blobs', 'database', 'lock', 'spool'];
  const entries = await readdir(dataDir);
  const scratch = await readdir(join(dataDir, 'blobs', 'incoming'));
  const spooled = await filesUnder(join(dataDir, 'spool'));
  return [
    ...entries.filter((name) => !known.includes(name)),
    ...scratch.map((name) => `scratch file ${name}`),
    ...spooled.map((name) => `spooled file ${name}`),
  ];
}
