import { randomBytes } from 'node:crypto';
import type { Database, Transaction } from '../database/database.ts';
import { messageReceived } from '../events/event-payloads.ts';
import { recordEvents } from '../events/record-events.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { newBlobKey } from '../files/file-names.ts';
import type { Moderation } from '../generated/prisma/client.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { FileWriter } from './file-writer.ts';
import { linkBytes, type NewBytes } from './link-bytes.ts';
import { withNewFiles } from './new-files.ts';

interface ImportRequest {
  from: string;
  to: string;
  body: string;
  /** When the message was originally received; default now. */
  receivedAt: Date | undefined;
  /** In the scratch folder. */
  files: (Omit<NewBytes, 'key'> & {
    path: string;
    fileName: string;
  })[];
}

/** The message that was made, and the sids of its media in the order of the files. */
interface Imported {
  messageSid: string;
  mediaSids: string[];
}

/** Imports files as one message. Resolves once all of it is committed. */
export type ImportMedia = (request: ImportRequest) => Promise<Imported>;

/** The initial moderation of imported messages and their media. */
interface ImportModeration {
  media: Moderation;
  message: { moderation: Moderation; followsMedia: boolean };
}

/** @param owner the account that imports belong to, and their initial moderation */
export function createImportMedia(
  database: Database,
  deps: { blobs: BlobStore; queue: JobQueue; writer: FileWriter },
  { accountSid, moderationDefaults }: { accountSid: string; moderationDefaults: ImportModeration },
): ImportMedia {
  const { blobs, queue, writer } = deps;

  async function linkAll(tx: Transaction, media: (NewBytes & { sid: string })[]) {
    const used = new Set<string>();
    // Always in the same order: two imports of the same files must not deadlock.
    for (const file of media.toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1))) {
      if (await linkBytes(tx, queue, file.sid, file)) used.add(file.key);
    }
    return used;
  }

  return async ({ from, to, body, receivedAt = new Date(), files }) => {
    const messageSid = newSid('MM');
    const media = await Promise.all(
      files.map(async ({ path, ...file }, index) => {
        const key = newBlobKey(blobs, file.sha256);
        await blobs.adopt(path, key);
        return { ...file, key, index, sid: newSid('ME') };
      }),
    );
    await withNewFiles({ database, blobs, writer }, media, async (tx) => {
      await tx.message.create({
        data: {
          sid: messageSid,
          accountSid,
          from,
          to,
          body,
          receivedAt,
          ...moderationDefaults.message,
          source: 'import',
          params: {},
        },
      });
      await tx.media.createMany({
        data: media.map(({ sid, index, declaredContentType, fileName }) => ({
          sid,
          messageSid,
          accountSid,
          index,
          from,
          to,
          receivedAt,
          declaredContentType,
          fileName,
          moderation: moderationDefaults.media,
          upstream: 'none' as const,
        })),
      });
      const message = {
        sid: messageSid,
        accountSid,
        source: 'import',
        receivedAt,
        moderation: moderationDefaults.message.moderation,
        media,
      } as const;
      await recordEvents(tx, [messageReceived(message)]);
      return linkAll(tx, media);
    });
    return { messageSid, mediaSids: media.map(({ sid }) => sid) };
  };
}

/** A sid in Twilio's format for a message or attachment that was never at Twilio. */
export function newSid(prefix: 'MM' | 'ME'): string {
  return prefix + randomBytes(16).toString('hex');
}
