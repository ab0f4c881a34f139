import { setImmediate } from 'node:timers/promises';
import type { Blob, Media } from '../generated/prisma/client.ts';
import type { SendableMedia } from '../http/send-media.ts';
import type { Database } from '../storage/database.ts';

/** A media as far as this API shows it, with the bytes that it has. */
export type FoundMedia = SendableMedia &
  Pick<Media, 'accountSid' | 'messageSid' | 'moderation' | 'declaredContentType'> &
  Pick<Media, 'receivedAt' | 'storedAt'>;

/** Looks up a media by its sid. */
export type FindMedia = (sid: string) => Promise<FoundMedia | undefined>;

interface Waiting {
  sid: string;
  resolve: (media: FoundMedia | undefined) => void;
  reject: (error: unknown) => void;
}

/**
 * Requests that arrive together share one lookup, so that many downloads at once cost the database
 * little more than one (measured: docs/performance.md). None sees what was read before it arrived:
 * a delete is final at once.
 */
export function createFindMedia(database: Database): FindMedia {
  let waiting: Waiting[] = [];
  let isRunning = false;

  async function serve(group: Waiting[]): Promise<void> {
    try {
      const found = await readMedia(
        database,
        group.map(({ sid }) => sid),
      );
      for (const { sid, resolve } of group) resolve(found.get(sid));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      // The embedded database does not let go of the event loop: let in who is at the door first.
      await setImmediate();
      const group = waiting;
      waiting = [];
      await serve(group);
    }
    isRunning = false;
  }

  return (sid) =>
    new Promise((resolve, reject) => {
      waiting.push({ sid, resolve, reject });
      if (!isRunning) void run();
    });
}

type Row = Omit<FoundMedia, 'blob'> & { [K in keyof Blob]?: Blob[K] | null };

/** One statement, whose shape does not depend on how many are asked for. */
async function readMedia({ prisma }: Database, sids: string[]): Promise<Map<string, FoundMedia>> {
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT m.sid, m.account_sid AS "accountSid", m.message_sid AS "messageSid",
      m.received_at AS "receivedAt", m.stored_at AS "storedAt", m.state, m.moderation, m.reason,
      m.next_attempt_at AS "nextAttemptAt", m.content_type AS "contentType",
      m.declared_content_type AS "declaredContentType", m.file_name AS "fileName",
      b.sha256, b.key, b.byte_size AS "byteSize"
    FROM media m LEFT JOIN blob b ON b.sha256 = m.blob_sha256
    WHERE m.sid = ANY(${sids})`;
  return new Map(
    rows.map(({ sha256, key, byteSize, ...media }) => {
      const blob = sha256 && key && byteSize != null ? { sha256, key, byteSize } : null;
      return [media.sid, { ...media, blob }];
    }),
  );
}
