import type { Media } from '../../generated/prisma/client.ts';
import { lockBlobs } from '../../storage/blob-lock.ts';
import type { Transaction } from '../../storage/database.ts';

/** Bytes of a media came between reading its row and locking them: the transaction begins anew. */
export class BytesArrived extends Error {
  override readonly name = 'BytesArrived';
}

export type LockedMedia = Pick<
  Media,
  'sid' | 'messageSid' | 'accountSid' | 'index' | 'state' | 'moderation' | 'blobSha256'
> &
  Pick<Media, 'deletedSha256' | 'upstream'>;

/**
 * Locks media after their blobs, in the order that everybody keeps who changes both.
 *
 * @returns the rows, and the hashes of their bytes
 * @throws BytesArrived
 */
export async function lockMediaAndBlobs(
  tx: Transaction,
  sids: readonly string[],
): Promise<{ rows: LockedMedia[]; sha256s: string[] }> {
  const named = await tx.media.findMany({
    where: { sid: { in: [...sids] }, blobSha256: { not: null } },
    select: { blobSha256: true },
    distinct: 'blobSha256',
  });
  const sha256s = named.flatMap(({ blobSha256 }) => blobSha256 ?? []);
  await lockBlobs(tx, sha256s);
  const rows = await tx.$queryRaw<LockedMedia[]>`
    SELECT sid, message_sid AS "messageSid", account_sid AS "accountSid", index, state, moderation,
      blob_sha256 AS "blobSha256", deleted_sha256 AS "deletedSha256", upstream
    FROM media WHERE sid = ANY(${sids}) ORDER BY sid FOR UPDATE`;
  const isLocked = ({ blobSha256 }: LockedMedia) =>
    blobSha256 === null || sha256s.includes(blobSha256);
  if (!rows.every(isLocked)) throw new BytesArrived();
  return { rows, sha256s };
}
