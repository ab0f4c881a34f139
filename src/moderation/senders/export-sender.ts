import { open } from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Mime } from 'mime';
import otherTypes from 'mime/types/other.js';
import standardTypes from 'mime/types/standard.js';
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
import { addressesOf } from '../../twilio/channel-address.ts';

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

export function createExportSender(database: Database, blobs: BlobStore): ExportSender {
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
        give(null, current);
      });
    }
    zip.addReadStreamLazy('manifest.json', {}, (give) => {
      const fileOf = (sid: string) => (missing.has(sid) ? null : (names.get(sid) ?? null));
      current = Readable.from(exportManifest(database, address, fileOf));
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

/**
 * The manifest of an export, as chunks of JSON: every message of a sender, newest first, and what is known
 * of its media.
 */
async function* exportManifest(
  { prisma }: Database,
  address: string,
  fileOf: (mediaSid: string) => string | null,
): AsyncGenerator<string> {
  const head = JSON.stringify({ address, exportedAt: new Date() }, null, 2).slice(0, -2);
  yield `${head},\n  "messages": [`;
  let count = 0;
  const sent = sentFrom(addressesOf(address));
  for (let after: MessageKey | undefined; ; ) {
    const { page, last } = await scanPage(prisma, NEWEST_MESSAGE_FIRST, sent, after, MANIFEST_PAGE);
    const rows = await prisma.message.findMany({
      where: { sid: { in: page.map(({ sid }) => sid) }, from: { in: addressesOf(address) } },
      include: { media: { include: { blob: true }, orderBy: { index: 'asc' } } },
      orderBy: [...NEWEST_FIRST],
    });
    for (const { media, signatureHash: _, ...message } of rows) {
      const item = {
        ...message,
        media: media.map(({ blob, blobSha256: sha256, ...row }) => ({
          ...row,
          sha256,
          byteSize: blob === null ? null : Number(blob.byteSize),
          details: blob?.details ?? null,
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

// Types whose first listed extension is not the one that common programs use, or that have none.
const TYPES = new Mime(standardTypes, otherTypes).define(
  {
    'audio/aac': ['aac'],
    'audio/ac3': ['ac3'],
    'audio/aiff': ['aiff'],
    'audio/amr-wb': ['awb'],
    'audio/ape': ['ape'],
    'audio/eac3': ['eac3'],
    'audio/flac': ['flac'],
    'audio/mpeg': ['mp3'],
    'audio/ogg': ['ogg'],
    'audio/qcelp': ['qcp'],
    'audio/vnd.dolby.dd-raw': ['ac3'],
    'audio/wavpack': ['wv'],
    'audio/x-dsf': ['dsf'],
    'audio/x-ms-asf': ['wma'],
    'audio/x-musepack': ['mpc'],
    'audio/x-tta': ['tta'],
    'audio/x-voc': ['voc'],
    'audio/x-w64': ['w64'],
    'image/j2c': ['j2c'],
    'text/vcard': ['vcf'],
    'video/MP1S': ['mpg'],
    'video/MP2P': ['mpg'],
    'video/matroska': ['mkv'],
    'video/quicktime': ['mov'],
    'video/vnd.avi': ['avi'],
  },
  true,
);

// Types that open in a viewer. Files come from strangers, and those of all other types could be executed.
const SHOWN =
  /^(?!image\/svg)(image|audio|video)\/|^application\/pdf$|^text\/(x-)?vcard$|^text\/calendar$/;

/** The file extension for this type, with its dot, so that the file opens in a suitable program. */
export function extensionOf(contentType: string | null): string {
  const type = contentType ?? '';
  if (SHOWN.test(type)) return `.${TYPES.getExtension(type) ?? 'bin'}`;
  return type.startsWith('text/') ? '.txt' : '.bin';
}
