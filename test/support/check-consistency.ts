import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../../src/database/open-database.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
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
}

type Rows = Awaited<ReturnType<typeof readRows>>;

/**
 * Compares what was sent with the database, the blobs and the disk of a process that has ended.
 *
 * @param place.tempDir the `TMPDIR` of the process
 */
export async function checkConsistency(
  delivered: readonly Delivered[],
  place: { dataDir: string; databaseUrl: string | undefined; tempDir: string },
): Promise<Consistency> {
  const rows = await readRows(place);
  const folder = join(place.dataDir, 'blobs');
  const files = await filesUnder(folder);
  const blobProblems = new Map<string, string | null>();
  for (const blob of rows.blobs) blobProblems.set(blob.sha256, await blobProblem(blob, folder));
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
      ...(await findLeftovers(place)),
    ],
  };
}

async function readRows({
  dataDir,
  databaseUrl,
}: {
  dataDir: string;
  databaseUrl: string | undefined;
}) {
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
  folder: string,
): Promise<string | null> {
  const bytes = await readFile(join(folder, key)).catch(() => null);
  if (bytes === null) return 'there is no file';
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) return 'the file differs';
  if (previews.length < 3) return `there are ${previews.length} previews`;
  for (const preview of previews) {
    const file = await readFile(join(folder, preview.key)).catch(() => null);
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

/** Files on the disk besides the database and the blobs. */
async function findLeftovers({ dataDir, tempDir }: { dataDir: string; tempDir: string }) {
  const known = ['blobs', 'database', 'lock', 'spool'];
  const entries = await readdir(dataDir);
  const scratch = await readdir(join(dataDir, 'blobs', 'incoming'));
  const spooled = await filesUnder(join(dataDir, 'spool'));
  return [
    ...entries.filter((name) => !known.includes(name)),
    ...scratch.map((name) => `scratch file ${name}`),
    ...spooled.map((name) => `spooled file ${name}`),
    ...(await readdir(tempDir)).map((name) => `temporary file ${name}`),
  ];
}

/** Paths of all files, relative to the folder, except unfinished ones. */
async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('incoming/'));
}
