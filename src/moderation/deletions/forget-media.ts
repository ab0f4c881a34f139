import { recordAudit } from '../../audit/record-audit.ts';
import { recordEvents } from '../../events/record-events.ts';
import type { Media, UpstreamState } from '../../generated/prisma/client.ts';
import { lockBlobs } from '../../storage/blob-lock.ts';
import type { Transaction } from '../../storage/database.ts';
import type { ForgetDeps, ForgottenCount, RunningDeletion } from './forget-targets.ts';
import { type ForgottenTarget, markForgotten } from './forgotten-target.ts';

/** Bytes of a media came between reading its row and locking them: the transaction begins anew. */
export class BytesArrived extends Error {
  override readonly name = 'BytesArrived';
}

type LockedMedia = Pick<
  Media,
  'sid' | 'messageSid' | 'accountSid' | 'index' | 'state' | 'moderation' | 'blobSha256'
> &
  Pick<Media, 'deletedSha256' | 'upstream'>;

/**
 * Makes tombstones of media: sids, times and the hash of the bytes stay. Tells and keeps each, and
 * sends the jobs that delete Twilio's copies.
 *
 * @throws BytesArrived
 */
export async function forgetMedia(
  tx: Transaction,
  { queue, deleteUpstream }: ForgetDeps,
  deletion: RunningDeletion,
  sids: readonly string[],
): Promise<ForgottenCount> {
  const { rows, sha256s } = await lockMedia(tx, sids);
  const live = rows.filter(({ state }) => state !== 'deleted');
  const upstream = await makeTombstones(tx, live, deleteUpstream);
  const files = await forgetUnusedBlobs(tx, sha256s);
  await recordAudit(
    tx,
    live.map(({ sid, state, moderation, blobSha256: sha256 }) => ({
      ...{ actor: deletion.requestedBy, action: 'media.delete', target: sid },
      ...{ reasonCode: deletion.reasonCode, reason: deletion.reason },
      before: { state, moderation, sha256 },
      after: { state: 'deleted', deletionId: String(deletion.id) },
    })),
  );
  await recordEvents(
    tx,
    live.map((media) => deletedEvent(media, deletion)),
  );
  const jobs = live
    .filter(({ sid }) => upstream.get(sid) === 'deleting')
    .map(({ sid: mediaSid }) => ({ payload: { mediaSid } }));
  await queue.send(tx, 'delete-upstream', jobs);
  const before = await deletedBefore(tx, deletion, rows);
  await markForgotten(tx, deletion.id, [
    ...live.map(({ sid, blobSha256: sha256 }) => ({
      ...{ sid, sha256, upstream: targetState(upstream.get(sid) ?? 'none') },
      // The files of a blob stand at one of its targets.
      ...takeFiles(files, sha256),
    })),
    ...before,
  ]);
  return { forgotten: live.length, marked: live.length + before.length };
}

/** The rows, locked after their blobs, as everybody does who changes both. */
async function lockMedia(tx: Transaction, sids: readonly string[]) {
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

/** @returns what becomes of Twilio's copies */
async function makeTombstones(
  tx: Transaction,
  media: readonly LockedMedia[],
  deleteUpstream: boolean,
): Promise<Map<string, UpstreamState>> {
  const sids = media.map(({ sid }) => sid);
  // The job that deletes Twilio's copy needs its address, and forgets it.
  const rows = await tx.$queryRaw<{ sid: string; upstream: UpstreamState }[]>`
    UPDATE media SET state = 'deleted', deleted_at = ${new Date()}, reason = NULL,
      next_attempt_at = NULL, deleted_sha256 = blob_sha256, blob_sha256 = NULL, "from" = NULL,
      "to" = NULL, file_name = NULL, content_type = NULL, declared_content_type = NULL,
      upstream = next.upstream, url = CASE WHEN next.upstream = 'deleting' THEN url END
    FROM (
      SELECT sid AS next_sid, CASE
          WHEN url IS NULL THEN 'none'
          WHEN upstream = 'kept' AND ${deleteUpstream} THEN 'deleting'
          ELSE upstream
        END AS upstream
      FROM media WHERE sid = ANY(${sids})
    ) AS next
    WHERE sid = next_sid
    RETURNING sid, next.upstream`;
  return new Map(rows.map(({ sid, upstream }) => [sid, upstream]));
}

interface Files {
  localFiles: string[];
  previewFiles: string[];
}

/** @returns by hash, the files that nothing needs any more */
async function forgetUnusedBlobs(tx: Transaction, sha256s: string[]): Promise<Map<string, Files>> {
  const unused = await tx.blob.findMany({
    where: { sha256: { in: sha256s }, media: { none: {} } },
    select: { sha256: true, key: true, previews: { select: { key: true } } },
  });
  await tx.blob.deleteMany({ where: { sha256: { in: unused.map(({ sha256 }) => sha256) } } });
  return new Map(
    unused.map(({ sha256, key, previews }) => [
      sha256,
      { localFiles: [key], previewFiles: previews.map((preview) => preview.key) },
    ]),
  );
}

function takeFiles(files: Map<string, Files>, sha256: string | null): Files {
  const taken = files.get(sha256 ?? '') ?? { localFiles: [], previewFiles: [] };
  files.delete(sha256 ?? '');
  return taken;
}

/** Those that somebody else has deleted, but for those whose files are still being removed. */
async function deletedBefore(
  tx: Transaction,
  { id }: RunningDeletion,
  rows: readonly LockedMedia[],
): Promise<ForgottenTarget[]> {
  const deleted = rows.filter(({ state }) => state === 'deleted');
  if (deleted.length === 0) return [];
  const elsewhere = await tx.deletionTarget.findMany({
    where: {
      sid: { in: deleted.map(({ sid }) => sid) },
      ...{ deletionId: { not: id }, forgottenAt: { not: null } },
      local: { in: ['pending', 'retrying'] },
    },
    select: { sid: true },
  });
  const busy = new Set(elsewhere.map(({ sid }) => sid));
  return deleted
    .filter(({ sid }) => !busy.has(sid))
    .map(({ sid, deletedSha256: sha256, upstream }) => ({
      ...{ sid, sha256, upstream: targetState(upstream) },
      ...{ localFiles: [], previewFiles: [] },
    }));
}

function targetState(upstream: UpstreamState): ForgottenTarget['upstream'] {
  return upstream === 'deleting' ? 'pending' : upstream === 'deleted' ? 'done' : upstream;
}

function deletedEvent(media: LockedMedia, { id, reasonCode, requestedBy }: RunningDeletion) {
  const { sid: mediaSid, messageSid, accountSid, index, moderation, blobSha256: sha256 } = media;
  return {
    ...{ type: 'media.deleted' as const, messageSid, mediaSid },
    data: {
      ...{ mediaSid, messageSid, accountSid, index, state: 'deleted', moderation, sha256 },
      ...{ deletionId: String(id), reasonCode, deletedBy: requestedBy },
    },
  };
}
