import { lockBlobs, type Transaction } from '../../database/database.ts';
import type { Media } from '../../generated/prisma/client.ts';
import { STANDING_DECISION, type StandingDecision } from '../standing-decision.ts';

/** Bytes of a media item arrived between reading its row and locking them: the transaction is retried. */
export class BytesArrived extends Error {
  override readonly name = 'BytesArrived';
}

export type LockedMedia = StandingDecision &
  Pick<Media, 'sid' | 'messageSid' | 'accountSid' | 'index' | 'state' | 'blobSha256'> &
  Pick<Media, 'deletedSha256' | 'upstream'>;

/** Media items whose rows and bytes are locked. */
export interface LockedBatch {
  rows: LockedMedia[];
  /** Hashes of their bytes. */
  sha256s: string[];
}

/**
 * Locks what a transaction makes tombstones of, in the order that all transactions keep: the hashes of the
 * bytes, the media, then all the messages at once, both those that are targets and those that follow the
 * media; after these, targets of deletions, and deletions. To be called once in a transaction: a second call
 * would break the order. Messages and media that are tombstones are locked, too, so that their upstream
 * state does not change until the commit.
 *
 * @throws BytesArrived
 */
export async function lockTargets(
  tx: Transaction,
  { media, messages }: { media: readonly string[]; messages: readonly string[] },
): Promise<LockedBatch> {
  const batch = await lockMedia(tx, media);
  const followed = batch.rows.map(({ messageSid }) => messageSid);
  await tx.$queryRaw`
    SELECT sid FROM message
    WHERE sid = ANY(${messages})
      OR (sid = ANY(${followed}) AND follows_media AND deleted_at IS NULL)
    ORDER BY sid FOR NO KEY UPDATE`;
  return batch;
}

async function lockMedia(tx: Transaction, sids: readonly string[]): Promise<LockedBatch> {
  if (sids.length === 0) return { rows: [], sha256s: [] };
  const named = await tx.media.findMany({
    where: { sid: { in: [...sids] }, blobSha256: { not: null } },
    select: { blobSha256: true },
    distinct: 'blobSha256',
  });
  const sha256s = named.flatMap(({ blobSha256 }) => blobSha256 ?? []);
  await lockBlobs(tx, sha256s);
  const rows = await tx.$queryRaw<LockedMedia[]>`
    SELECT sid, message_sid AS "messageSid", account_sid AS "accountSid", index, state,
      blob_sha256 AS "blobSha256", deleted_sha256 AS "deletedSha256", upstream,
      ${STANDING_DECISION}
    FROM media WHERE sid = ANY(${sids}) ORDER BY sid FOR UPDATE`;
  const isLocked = ({ blobSha256 }: LockedMedia) =>
    blobSha256 === null || sha256s.includes(blobSha256);
  if (!rows.every(isLocked)) throw new BytesArrived();
  return { rows, sha256s };
}
