import type { Transaction } from '../database/database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { NewPreview } from './render-blob.ts';

/** A new preview of a blob. */
export interface BlobPreview {
  sha256: string;
  /** Of the blob that it was made of; null when the blob has the same bytes under any key. */
  key: string | null;
  preview: NewPreview;
}

/**
 * Stores previews and their files in the database. Blobs that are gone, or not in the expected state, are
 * skipped.
 *
 * @param tx holds the locks of the blobs; the caller commits it
 * @param previews at most one for each blob
 * @param which the state that the blobs must still be in
 * @returns the hashes of the blobs whose preview was stored
 */
export async function linkPreviews(
  tx: Transaction,
  previews: readonly BlobPreview[],
  which: 'missing' | 'stale',
): Promise<Set<string>> {
  if (previews.length === 0) return new Set();
  const expected =
    which === 'missing' ? Prisma.sql`blob.preview_kind IS NULL` : Prisma.sql`blob.preview_stale`;
  const [row] = await tx.$queryRaw<[{ sha256s: string[] }]>`
    WITH linked AS (
      UPDATE blob SET preview_kind = row.preview_kind, preview_reason = row.preview_reason,
        preview_stale = false, thumbhash = row.thumbhash, width = row.width, height = row.height,
        pdq = row.pdq, pdq_quality = row.pdq_quality, details = row.details
      FROM jsonb_to_recordset(${JSON.stringify(previews.map(blobRow))}::jsonb) AS row (
        sha256 text, key text, preview_kind text, preview_reason text, thumbhash text, width int,
        height int, pdq text, pdq_quality int, details jsonb
      )
      WHERE blob.sha256 = row.sha256 AND blob.key = coalesce(row.key, blob.key) AND ${expected}
      RETURNING blob.sha256
    ), added AS (
      INSERT INTO preview (blob_sha256, size, key, content_type, width, height, byte_size, file_sha256)
      SELECT sha256, size::"PreviewSize", key, content_type, width, height, byte_size, file_sha256
      FROM jsonb_to_recordset(${JSON.stringify(previews.flatMap(fileRows))}::jsonb) AS row (
        sha256 text, size text, key text, content_type text, width int, height int, byte_size int,
        file_sha256 text
      ) JOIN linked USING (sha256)
    )
    SELECT ARRAY(SELECT sha256 FROM linked) AS sha256s`;
  return new Set(row.sha256s);
}

function blobRow({ sha256, key, preview }: BlobPreview) {
  return {
    sha256,
    key,
    preview_kind: preview.kind,
    preview_reason: preview.reason,
    thumbhash: preview.thumbhash,
    width: preview.size?.width ?? null,
    height: preview.size?.height ?? null,
    pdq: preview.pdq?.hash ?? null,
    pdq_quality: preview.pdq?.quality ?? null,
    details: preview.details,
  };
}

function fileRows({ sha256, preview }: BlobPreview) {
  return preview.files.map((file) => ({
    sha256,
    size: file.size,
    key: file.key,
    content_type: file.contentType,
    width: file.width,
    height: file.height,
    byte_size: file.byteSize,
    file_sha256: file.fileSha256,
  }));
}
