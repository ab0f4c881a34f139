import { open } from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';
import type { Database } from '../../database/database.ts';
import { type MediaPlace, NEWEST_MEDIA_FIRST } from '../../database/media-scan.ts';
import {
  type MessageKey,
  NEWEST_FIRST,
  NEWEST_MESSAGE_FIRST,
  sentFrom,
} from '../../database/message-order.ts';
import { scanPage } from '../../database/scan-rows.ts';
import { asError, codeOf } from '../../errors/caught.ts';
import type { BlobStore } from '../../files/blob-store.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import { readMessageDetails } from '../../inbound/read-message-details.ts';
import { extensionOf } from '../../media/file-extension.ts';
import { addressesOf } from '../../twilio/channel-address.ts';
import type { SenderIds } from './sender-id.ts';

/** A zip that is streamed: the bytes of a sender's media, then `manifest.json`. */
interface SenderExport {
  /** Of the media, in bytes: approximately that of the zip. */
  byteSize: number;
  messages: number;
  /** Writes the zip; rejects when it could not be written to its end. */
  writeTo(target: NodeJS.WritableStream): Promise<void>;
}

/** Exports everything that is stored here of a sender. Nothing is buffered: it is read while it is sent. */
export type ExportSender = (address: string) => Promise<SenderExport>;

interface Entry {
  sid: string;
  key: string;
  name: string;
  byteSize: number;
  writtenAt: Date;
}

// Few enough that the database looks them up one by one, instead of reading the whole table.
const PAGE = 200;

export function createExportSender(
  database: Database,
  blobs: BlobStore,
  senderIds: SenderIds,
): ExportSender {
  return async (address) => {
    const entries = await findEntries(database, address);
    return {
      byteSize: entries.reduce((sum, { byteSize }) => sum + byteSize, 0),
      messages: await database.prisma.message.count({ where: { from: address } }),
      writeTo: (target) => writeZip(entries, address, target),
    };
  };

  async function writeZip(entries: Entry[], address: string, target: NodeJS.WritableStream) {
    const zip = new yazl.ZipFile();
    const missing = new Set<string>();
    const names = new Map(entries.map(({ sid, name }) => [sid, name]));
    let current: Readable | undefined;
    for (const { sid, key, name, writtenAt: mtime } of entries) {
      // Pictures and videos are compressed already.
      zip.addReadStreamLazy(name, { mtime, compress: false }, (give) => {
        current = readBlob(key, () => missing.add(sid));
        // yazl does not listen to the errors of its sources.
        current.on('error', (error) => zip.emit('error', error));
        give(null, current);
      });
    }
    zip.addReadStreamLazy('manifest.json', {}, (give) => {
      const fileOf = (sid: string) => (missing.has(sid) ? null : (names.get(sid) ?? null));
      const ids = [senderIds.of(address), ...senderIds.formerOf(address)];
      current = Readable.from(exportManifest(database, address, ids, fileOf));
      give(null, current);
    });
    const output = zip.outputStream as PassThrough;
    zip.on('error', (error: Error) => output.destroy(error));
    zip.end();
    try {
      await pipeline(output, target);
    } finally {
      current?.destroy();
    }
  }

  /** An attachment that was deleted meanwhile has no bytes, and no file in the manifest. */
  function readBlob(key: string, onMissing: () => void): Readable {
    const bytes = new PassThrough();
    blobs
      .withLocalFile(key, async (path) => {
        const file = await open(path);
        await pipeline(file.createReadStream(), bytes);
      })
      .catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT') return bytes.destroy(asError(error));
        onMissing();
        bytes.end();
      });
    return bytes;
  }
}

async function findEntries({ prisma }: Database, address: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  const sent = {
    ...sentFrom(addressesOf(address)),
    filter: Prisma.sql`blob_sha256 IS NOT NULL`,
  };
  for (let after: MediaPlace | undefined; ; ) {
    const { page, last } = await scanPage(prisma, NEWEST_MEDIA_FIRST, sent, after, PAGE);
    const rows = await prisma.media.findMany({
      where: { sid: { in: page.map(({ sid }) => sid) } },
      select: { sid: true, contentType: true, receivedAt: true, blob: true },
      orderBy: [{ receivedAt: 'desc' }, { sid: 'asc' }],
    });
    for (const { sid, contentType, receivedAt: writtenAt, blob } of rows) {
      if (blob === null) continue;
      const { key, byteSize } = blob;
      const name = `media/${sid}${extensionOf(contentType)}`;
      entries.push({ sid, key, name, byteSize: Number(byteSize), writtenAt });
    }
    if (last === undefined) return entries;
    after = last;
  }
}

const MANIFEST_PAGE = 200;
const BY_INDEX = { index: 'asc' } as const;
const TRANSCRIPT = { select: { state: true, text: true, language: true, reason: true } } as const;

/**
 * The manifest of an export, as chunks of JSON: every message of a sender, newest first, and what is known
 * of its media.
 */
async function* exportManifest(
  { prisma }: Database,
  address: string,
  senderIds: string[],
  fileOf: (mediaSid: string) => string | null,
): AsyncGenerator<string> {
  const notes = await findNotes(prisma, { senderId: { in: senderIds } });
  const head = JSON.stringify({ address, exportedAt: new Date(), notes }, null, 2).slice(0, -2);
  yield `${head},\n  "messages": [`;
  let count = 0;
  const sent = sentFrom(addressesOf(address));
  for (let after: MessageKey | undefined; ; ) {
    const { page, last } = await scanPage(prisma, NEWEST_MESSAGE_FIRST, sent, after, MANIFEST_PAGE);
    const rows = await prisma.message.findMany({
      where: { sid: { in: page.map(({ sid }) => sid) }, from: { in: addressesOf(address) } },
      include: {
        media: { include: { blob: { include: { transcript: TRANSCRIPT } } }, orderBy: BY_INDEX },
      },
      orderBy: [...NEWEST_FIRST],
    });
    const notesOf = await findNotesOf(prisma, rows);
    for (const { media, signatureHash: _, ...message } of rows) {
      const item = {
        ...message,
        details: message.suspect === null ? readMessageDetails(message) : null,
        notes: notesOf(message.sid),
        media: media.map(({ blob, blobSha256: sha256, ...row }) => ({
          ...row,
          sha256,
          byteSize: blob === null ? null : Number(blob.byteSize),
          details: blob?.details ?? null,
          transcript: blob?.transcript ?? null,
          notes: notesOf(row.sid),
          file: fileOf(row.sid),
        })),
      };
      yield `${count === 0 ? '' : ','}\n    ${JSON.stringify(item)}`;
      count += 1;
    }
    if (last === undefined) break;
    after = last;
  }
  yield '\n  ]\n}\n';
}

/** Moderators' notes are about the sender, too. */
function findNotes({ note }: Database['prisma'], where: Prisma.NoteWhereInput) {
  const orderBy = [{ createdAt: 'asc' } as const, { id: 'asc' } as const];
  return note.findMany({ where, orderBy, omit: { id: true, senderId: true } });
}

/** @returns the notes of one message or one of its media, by its sid */
async function findNotesOf(
  prisma: Database['prisma'],
  messages: readonly { sid: string; media: readonly { sid: string }[] }[],
) {
  const messageSid = { in: messages.map(({ sid }) => sid) };
  const mediaSid = { in: messages.flatMap(({ media }) => media.map(({ sid }) => sid)) };
  const notes = await findNotes(prisma, { OR: [{ messageSid }, { mediaSid }] });
  return (sid: string) => notes.filter((note) => note.messageSid === sid || note.mediaSid === sid);
}
