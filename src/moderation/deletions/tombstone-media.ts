import { recordAudit } from '../../audit/record-audit.ts';
import type { Transaction } from '../../database/database.ts';
import { mediaDeleted } from '../../events/event-payloads.ts';
import { recordEvents } from '../../events/record-events.ts';
import type { UpstreamState } from '../../generated/prisma/client.ts';
import { BY_RULE, settleMessages } from '../messages/settle-messages.ts';
import { removeReviews } from '../reviews/settle-reviews.ts';
import { auditedDecision } from '../standing-decision.ts';
import {
  markTombstoned,
  type RunningDeletion,
  type TombstoneDeps,
  type TombstonedTarget,
} from './deletion-target.ts';
import type { LockedBatch, LockedMedia } from './lock-targets.ts';

/**
 * Makes tombstones of media: sids, times and the hash of the bytes stay. Records an event and an audit entry
 * for each, and queues the jobs that delete Twilio's copies.
 *
 * @param tx holds the locks of `lockTargets`; the caller commits it
 * @returns how many this call made tombstones
 */
export async function tombstoneMedia(
  tx: Transaction,
  { queue, deleteUpstream, countStrikes }: TombstoneDeps,
  deletion: RunningDeletion,
  sids: readonly string[],
  { rows, sha256s }: LockedBatch,
): Promise<number> {
  const live = rows.filter(({ state }) => state !== 'deleted');
  const upstream = await makeTombstones(tx, live, deleteUpstream);
  const files = await deleteUnusedBlobs(tx, sha256s);
  await removeReviews(
    tx,
    live.map(({ sid }) => sid),
    deletion.requestedBy,
  );
  await recordAudit(
    tx,
    live.map((media) => ({
      actor: deletion.requestedBy,
      action: 'media.delete',
      target: media.sid,
      reasonCode: deletion.reasonCode,
      reason: deletion.reason,
      before: { state: media.state, sha256: media.blobSha256, ...auditedDecision(media) },
      after: { state: 'deleted', deletionId: String(deletion.id) },
    })),
  );
  await recordEvents(
    tx,
    live.map((media) => deletedEvent(media, deletion)),
  );
  await settleMessages(
    tx,
    live.map(({ messageSid }) => messageSid),
    BY_RULE,
    { onlyHeld: true },
  );
  const jobs = live
    .filter(({ sid }) => upstream.get(sid) === 'deleting')
    .map(({ sid: mediaSid }) => ({ payload: { mediaSid } }));
  await queue.send(tx, 'delete-upstream', jobs);
  const byThis = live.map(({ sid, blobSha256: sha256 }) => ({
    sid,
    sha256,
    upstream: targetState(upstream.get(sid) ?? 'none'),
    // The files of a blob are recorded on only one of its targets.
    ...takeFiles(files, sha256),
  }));
  await markTombstoned(tx, deletion.id, [...byThis, ...deletedBefore(sids, rows)]);
  // An erasure is what the sender asks for.
  if (deletion.scope !== 'erase') {
    const { requestedBy: actor, reasonCode, reason } = deletion;
    const deleted = live.map(({ sid }) => sid);
    await countStrikes(tx, deleted, 'delete', { actor, reasonCode, reason });
  }
  return live.length;
}

/** @returns by sid, the new state of Twilio's copy */
async function makeTombstones(
  tx: Transaction,
  media: readonly LockedMedia[],
  deleteUpstream: boolean,
): Promise<Map<string, UpstreamState>> {
  const sids = media.map(({ sid }) => sid);
  // The job that deletes Twilio's copy needs its URL, and clears it afterwards.
  const rows = await tx.$queryRaw<{ sid: string; upstream: UpstreamState }[]>`
    UPDATE media SET state = 'deleted', deleted_at = ${new Date()}, reason = NULL,
      next_attempt_at = NULL, deleted_sha256 = blob_sha256, blob_sha256 = NULL, "from" = NULL,
      "to" = NULL, file_name = NULL, content_type = NULL, declared_content_type = NULL,
      reported_at = NULL, escalated_at = NULL, escalated_by = NULL, escalation_reason = NULL,
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

function takeFiles(files: Map<string, UnnamedFiles>, sha256: string | null): UnnamedFiles {
  const taken = files.get(sha256 ?? '') ?? { localFiles: [], previewFiles: [] };
  files.delete(sha256 ?? '');
  return taken;
}

/** Media that another deletion tombstoned first; their files are found by the hash. */
function deletedBefore(sids: readonly string[], rows: readonly LockedMedia[]): TombstonedTarget[] {
  const live = new Set(rows.filter(({ state }) => state !== 'deleted').map(({ sid }) => sid));
  const bySid = new Map(rows.map((media) => [media.sid, media]));
  return sids
    .filter((sid) => !live.has(sid))
    .map((sid) => ({
      sid,
      sha256: bySid.get(sid)?.deletedSha256 ?? null,
      upstream: targetState(bySid.get(sid)?.upstream ?? 'none'),
      localFiles: [],
      previewFiles: [],
    }));
}

function targetState(upstream: UpstreamState): TombstonedTarget['upstream'] {
  return upstream === 'deleting' ? 'pending' : upstream === 'deleted' ? 'done' : upstream;
}

function deletedEvent(media: LockedMedia, { id, reasonCode, requestedBy }: RunningDeletion) {
  return mediaDeleted(media, {
    sha256: media.blobSha256,
    deletionId: String(id),
    reasonCode,
    deletedBy: requestedBy,
  });
}

/** Keys of files in the blob store that no row references any more. */
interface UnnamedFiles {
  localFiles: string[];
  previewFiles: string[];
}

/**
 * Deletes the rows of blobs that no attachment has any more, with those of their previews and renditions.
 *
 * @param tx holds the locks of the blobs; the caller commits it
 * @returns by hash, the files that nothing needs any more
 */
async function deleteUnusedBlobs(
  tx: Transaction,
  sha256s: string[],
): Promise<Map<string, UnnamedFiles>> {
  const unused = await tx.blob.findMany({
    where: { sha256: { in: sha256s }, media: { none: {} } },
    select: {
      sha256: true,
      key: true,
      previews: { select: { key: true } },
      renditions: { select: { key: true } },
    },
  });
  const hashes = { in: unused.map(({ sha256 }) => sha256) };
  await tx.rendition.deleteMany({ where: { blobSha256: hashes } });
  await tx.blob.deleteMany({ where: { sha256: hashes } });
  return new Map(
    unused.map(({ sha256, key, previews, renditions }) => [
      sha256,
      {
        localFiles: [key],
        previewFiles: [...previews, ...renditions].flatMap((file) => file.key ?? []),
      },
    ]),
  );
}
