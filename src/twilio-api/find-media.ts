import type { Database } from '../database/database.ts';
import { createGroupedLookup } from '../database/grouped-lookup.ts';
import type { SendableMedia } from '../gallery/send-media.ts';
import type { Blob, Media } from '../generated/prisma/client.ts';

/** A media as far as this API shows it, with the bytes that it has. */
export type FoundMedia = SendableMedia &
  Pick<Media, 'accountSid' | 'messageSid' | 'moderation' | 'declaredContentType'> &
  Pick<Media, 'receivedAt' | 'storedAt'>;

/** Looks up a media by its sid. */
export type FindMedia = (sid: string) => Promise<FoundMedia | undefined>;

export function createFindMedia(database: Database): FindMedia {
  return createGroupedLookup((sids) => readMedia(database, sids));
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
