import { randomBytes } from 'node:crypto';
import { type Database, lockBlobs, type Transaction } from '../database/database.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { newBlobKey } from '../files/file-names.ts';
import type { InboundMessage } from '../inbound/inbound-message.ts';
import type { ModerationDefaults } from '../inbound/initial-moderation.ts';
import { insertRows, mediaRow, messageRow } from '../inbound/message-rows.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { FileWriter } from './file-writer.ts';
import { linkBytes, type NewBytes } from './link-bytes.ts';
import { adoptFiles, withNewFiles } from './new-files.ts';

interface ImportRequest {
  from: string;
  to: string;
  body: string;
  /** When the message was originally received; default now. */
  receivedAt: Date | undefined;
  /** In the scratch folder. */
  files: (Omit<NewBytes, 'key' | 'mediaSid' | 'firstTriedAt'> & {
    path: string;
    fileName: string;
  })[];
}

/** The message that was made, and the sids of its media in the order of the files. */
export interface Imported {
  messageSid: string;
  mediaSids: string[];
}

/**
 * Imports files as one message. Resolves once all of it is committed.
 *
 * @param alongside runs first in the same transaction
 */
export type ImportMedia = (
  request: ImportRequest,
  alongside: (tx: Transaction, imported: Imported) => Promise<void>,
) => Promise<Imported>;

/** @param options the account that imports belong to, and their initial moderation */
export function createImportMedia(
  database: Database,
  deps: { blobs: BlobStore; queue: JobQueue; writer: FileWriter },
  options: { accountSid: string; moderationDefaults: ModerationDefaults },
): ImportMedia {
  const { blobs, queue, writer } = deps;

  async function linkAll(tx: Transaction, media: readonly NewBytes[]): Promise<Set<string>> {
    await lockBlobs(tx, [...new Set(media.map(({ sha256 }) => sha256))]);
    const { keys } = await linkBytes(tx, media);
    const jobs = media.map(({ mediaSid }) => ({ payload: { mediaSid } }));
    await queue.send(tx, 'preview-media', jobs);
    return keys;
  }

  return async ({ from, to, body, receivedAt = new Date(), files }, alongside) => {
    const messageSid = newSid('MM');
    const media = files.map((file, index) => {
      const key = newBlobKey(blobs, file.sha256);
      return { ...file, key, index, mediaSid: newSid('ME'), firstTriedAt: null };
    });
    await adoptFiles(blobs, media);
    const { messages, items } = importedRows(
      { sid: messageSid, from, to, body, receivedAt, files: media },
      options,
    );
    const imported = { messageSid, mediaSids: media.map(({ mediaSid }) => mediaSid) };
    await withNewFiles({ database, blobs, writer }, media, async (tx) => {
      await alongside(tx, imported);
      await insertRows(tx, messages, items);
      return linkAll(tx, media);
    });
    return imported;
  };
}

/** The rows of an import: like those of a webhook, with files instead of URLs and without a copy at Twilio. */
function importedRows(
  given: Pick<ImportRequest, 'from' | 'to' | 'body'> & {
    sid: string;
    receivedAt: Date;
    files: readonly {
      mediaSid: string;
      index: number;
      declaredContentType: string | null;
      fileName: string;
    }[];
  },
  options: { accountSid: string; moderationDefaults: ModerationDefaults },
) {
  const { files, ...rest } = given;
  const { media: moderation, message: ofMessage } = options.moderationDefaults;
  const initial = {
    moderation,
    message: ofMessage,
    isRefused: false,
    decidedBy: null,
    isErased: false,
  };
  const message: InboundMessage = {
    ...rest,
    accountSid: options.accountSid,
    source: 'import',
    params: {},
    media: files.map(({ mediaSid: sid, index, declaredContentType }) => ({
      sid,
      index,
      url: null,
      declaredContentType,
      state: 'pending' as const,
      reason: null,
    })),
    signatureHash: null,
    suspect: null,
  };
  const items = message.media.map((item, position) => ({
    ...mediaRow(message, item, initial),
    file_name: files[position]?.fileName ?? null,
    upstream: 'none' as const,
    next_attempt_at: null,
  }));
  return { messages: [messageRow({ ...message, ...initial })], items };
}

/** A sid in Twilio's format for a message or attachment that was never at Twilio. */
export function newSid(prefix: 'MM' | 'ME'): string {
  return prefix + randomBytes(16).toString('hex');
}
