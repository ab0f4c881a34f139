import type { Transaction } from '../database/database.ts';

/** The bytes of an attachment, as a file that no row references yet. */
export interface NewBytes {
  mediaSid: string;
  /** Of the file in the blob store. */
  key: string;
  /** 64 hexadecimal digits. */
  sha256: string;
  byteSize: number;
  /** Sniffed from the bytes, null when unknown. */
  contentType: string | null;
  /** The content type that the sender declared. */
  declaredContentType: string | null;
  /** When the fetch was first tried; null for attachments that were never at Twilio. */
  firstTriedAt: Date | null;
}

/**
 * Links pending attachments to their bytes: the files become blobs, unless there are blobs with the same bytes.
 * Attachments that were deleted or linked meanwhile are skipped.
 *
 * @param tx holds the locks of the blobs and, unless it has just written them, of the media; the caller commits it
 * @returns the sids that are linked now, and the keys of the files that are in use now
 */
export async function linkBytes(
  tx: Transaction,
  given: readonly NewBytes[],
): Promise<{ sids: Set<string>; keys: Set<string> }> {
  if (given.length === 0) return { sids: new Set(), keys: new Set() };
  const [row] = await tx.$queryRaw<[{ sids: string[]; keys: string[] }]>`
    WITH pending AS (
      SELECT row.* FROM jsonb_to_recordset(${JSON.stringify(given.map(bytesRow))}::jsonb) AS row (
        media_sid text, sha256 text, key text, byte_size bigint, content_type text,
        served_content_type text, first_tried_at timestamptz
      ) JOIN media ON media.sid = row.media_sid
      WHERE media.state = 'pending' AND media.blob_sha256 IS NULL
    ), added AS (
      INSERT INTO blob (sha256, key, byte_size, content_type)
      SELECT DISTINCT ON (sha256) sha256, key, byte_size, content_type
      FROM pending ORDER BY sha256, media_sid
      ON CONFLICT DO NOTHING
      RETURNING key
    ), linked AS (
      UPDATE media SET blob_sha256 = pending.sha256, content_type = pending.served_content_type,
        reason = 'The bytes are here, the preview is being made', attempts = attempts + 1,
        fetched_at = now(), first_tried_at = coalesce(pending.first_tried_at, media.first_tried_at),
        next_attempt_at = NULL
      FROM pending WHERE media.sid = pending.media_sid
      RETURNING media.sid
    )
    SELECT ARRAY(SELECT sid FROM linked) AS sids, ARRAY(SELECT key FROM added) AS keys`;
  return { sids: new Set(row.sids), keys: new Set(row.keys) };
}

function bytesRow({ contentType, declaredContentType, ...bytes }: NewBytes) {
  return {
    media_sid: bytes.mediaSid,
    sha256: bytes.sha256,
    key: bytes.key,
    byte_size: bytes.byteSize,
    content_type: contentType,
    served_content_type: servedContentType(contentType, declaredContentType),
    first_tried_at: bytes.firstTriedAt,
  };
}

/** The sniffed type; for bytes without one, such as plain text, the declared type if it is `text/*`. */
function servedContentType(sniffed: string | null, declared: string | null): string {
  if (sniffed !== null) return sniffed;
  const text = /^text\/[a-z0-9.+-]{1,60}/i.exec(declared ?? '')?.[0];
  return text?.toLowerCase() ?? 'application/octet-stream';
}
