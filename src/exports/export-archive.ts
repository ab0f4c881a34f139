import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';
import yazl from 'yazl';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { asError } from '../errors/caught.ts';
import type { BlobStore, ByteRange } from '../files/blob-store.ts';
import { DamagedFile } from '../files/blob-store-error.ts';
import type { MediaExport } from '../generated/prisma/client.ts';
import type { RangedContent } from '../http/send-range.ts';
import { createIsDamaged } from './damaged-file.ts';
import { type ExportEntry, type Omission, readSelection } from './export-entries.ts';

/** The zip of an export, as it is at this moment. */
export interface ExportArchive extends RangedContent {
  /**
   * Writes a part of the zip, and ends the stream. What precedes the part is read as well: its checksums are at the
   * end of the zip.
   *
   * @throws AppError `conflict` when a file was deleted or held back meanwhile, or the export was deleted or
   *   has expired; anything else when the target was closed, or a file cannot be read. The target is destroyed then.
   */
  writeTo(target: Writable, range: ByteRange): Promise<void>;
}

/** Lays out the zip of an export. */
export type OpenArchive = (row: MediaExport) => Promise<ExportArchive>;

type Give = (error: unknown, stream: NodeJS.ReadableStream) => void;

export function createOpenArchive(deps: {
  database: Database;
  blobs: BlobStore;
  log: Logger;
}): OpenArchive {
  const { blobs } = deps;
  const { prisma } = deps.database;
  const isDamaged = createIsDamaged(deps);

  /**
   * @throws AppError `conflict` when the entry may not be sent any more: the answer has begun, with a length
   *   and a manifest that contain it, so that cutting it is all that is left
   */
  async function requireUnchanged({ item, isHeldBack }: ExportEntry, { id }: MediaExport) {
    const { sid, sha256: blobSha256 } = item;
    const moderation = isHeldBack ? {} : ({ moderation: 'visible' } as const);
    const media = await prisma.media.count({
      where: { sid, state: 'stored', blobSha256, ...moderation },
    });
    const exports = await prisma.mediaExport.count({
      where: { id, state: 'ready', expiresAt: { gt: new Date() } },
    });
    if (media > 0 && exports > 0) return;
    throw new AppError('conflict', 'The export has changed while it was sent.');
  }

  /** Leaves a file that cannot be read out of the next download: this one is cut, as would be all others. */
  async function omitDamaged(error: unknown, entry: ExportEntry, { id }: MediaExport) {
    if (!(await isDamaged(error, entry, id, { isEioDamage: true }))) return;
    const { sid, byteSize } = entry.item;
    await prisma.mediaExport.updateMany({
      // Once, whoever notices it.
      where: { id, state: 'ready', NOT: { unreadable: { has: sid } } },
      data: {
        unreadable: { push: sid },
        omitted: { increment: 1 },
        byteSize: { decrement: byteSize },
      },
    });
  }

  async function write(
    row: MediaExport,
    manifest: Buffer,
    entries: readonly ExportEntry[],
    { target, range }: { target: Writable; range: ByteRange },
  ): Promise<void> {
    const ending = new AbortController();
    const { signal } = ending;
    const zip = createZip(manifest, row.createdAt, entries, (entry, give) => {
      const bytes = new PassThrough({ signal });
      // yazl does not listen to the errors of its sources.
      bytes.on('error', (error) => zip.emit('error', error));
      const read = async () => {
        await requireUnchanged(entry, row);
        give(null, bytes);
        try {
          await blobs.withLocalFile(entry.key, (path) => copyFile(path, entry, bytes, signal));
        } catch (error) {
          // Before the connection is cut: then the client may try again at once.
          if (!signal.aborted) await omitDamaged(error, entry, row);
          throw error;
        }
      };
      read().catch((error: unknown) => bytes.destroy(asError(error)));
    });
    const output = zip.outputStream as Readable;
    zip.on('error', (error: Error) => output.destroy(error));
    zip.end();
    try {
      await pipeline(part(output, range), target);
    } finally {
      ending.abort();
    }
  }

  return async (row) => {
    const entries: ExportEntry[] = [];
    const omitted: Omission[] = [];
    const revealed = new Set(row.revealed);
    for await (const one of readSelection(prisma, row, (sid) => revealed.has(sid))) {
      if ('reason' in one) omitted.push(one);
      else entries.push(one);
    }
    const manifest = writeManifest(row, entries, omitted);
    return {
      byteSize: await sizeOf(manifest, row.createdAt, entries),
      etag: createHash('sha256').update(manifest).digest('hex'),
      writeTo: (target, range) => write(row, manifest, entries, { target, range }),
    };
  };
}

/**
 * The size is compared first: what follows a file that has become longer would be at another place than announced.
 *
 * @throws DamagedFile when it is not that of the entry
 */
async function copyFile(
  path: string,
  { item }: ExportEntry,
  target: Writable,
  signal: AbortSignal,
): Promise<void> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size !== item.byteSize) throw new DamagedFile('WRONG_SIZE');
    await pipeline(file.createReadStream({ autoClose: false }), target, { signal });
  } finally {
    await file.close();
  }
}

/** JSON. Without the time of the download: with the same media every byte is the same. */
function writeManifest(
  { id, requestedBy, createdAt }: MediaExport,
  entries: readonly ExportEntry[],
  omitted: readonly Omission[],
): Buffer {
  const media = entries.map(({ item }) => item);
  const manifest = { export: id, requestedBy, createdAt, media, omitted };
  return Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
}

/** A zip without compression, because media are compressed; its size follows from those of its entries. */
function createZip(
  manifest: Buffer,
  createdAt: Date,
  entries: readonly ExportEntry[],
  openEntry: (entry: ExportEntry, give: Give) => void,
): yazl.ZipFile {
  const zip = new yazl.ZipFile();
  zip.addBuffer(manifest, 'manifest.json', { mtime: createdAt, compress: false });
  for (const entry of entries) {
    const { file, byteSize: size, receivedAt: mtime } = entry.item;
    zip.addReadStreamLazy(file, { mtime, size, compress: false }, (give) => openEntry(entry, give));
  }
  return zip;
}

/** In bytes. */
function sizeOf(
  manifest: Buffer,
  createdAt: Date,
  entries: readonly ExportEntry[],
): Promise<number> {
  // No file of this one is ever opened.
  const zip = createZip(manifest, createdAt, entries, () => undefined);
  return new Promise((resolve) => {
    const options = { forceZip64Format: false, comment: '' };
    // The types lack the argument of the callback.
    const done = (...sizes: number[]) => resolve(sizes[0] ?? -1);
    zip.end(options, done);
  });
}

/** A part of a stream of bytes. */
async function* part(
  stream: AsyncIterable<Buffer>,
  { start, end }: ByteRange,
): AsyncGenerator<Buffer> {
  let position = 0;
  for await (const chunk of stream) {
    const wanted = chunk.subarray(Math.max(0, start - position), Math.max(0, end + 1 - position));
    if (wanted.length > 0) yield wanted;
    position += chunk.length;
    if (position > end) return;
  }
  throw new Error(`The zip ends at ${position}, before ${end}`);
}
