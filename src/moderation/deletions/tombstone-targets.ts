import { recordAudit } from '../../audit/record-audit.ts';
import type { Transaction } from '../../database/database.ts';
import { isMutedSender, recordEvents } from '../../events/record-events.ts';
import {
  type DeletionTarget,
  type DeletionTargetKind,
  type Message,
  Prisma,
  type TargetState,
} from '../../generated/prisma/client.ts';
import { markTombstoned, type RunningDeletion, type TombstoneDeps } from './deletion-target.ts';
import { lockTargets } from './lock-targets.ts';
import { tombstoneMedia } from './tombstone-media.ts';

/** Rows of one transaction: enough to be fast, few enough not to block other transactions for long. */
const BATCH = 100;

/**
 * Makes tombstones of the next targets of a deletion, in the order of their sids. After that only the
 * target's row references their files, which are removed after the commit. Targets that another deletion,
 * or another worker of this one, has tombstoned count as processed, too.
 *
 * @param tx the caller commits it; only one call per transaction keeps the order of locks
 * @param limit of targets, null for all
 * @param onLocked runs when they are locked, before the first of them is a tombstone
 * @returns `seen` is how many were processed, `tombstoned` how many this call made tombstones
 * @throws BytesArrived when the transaction must be retried
 */
export async function tombstoneTargets(
  tx: Transaction,
  deps: TombstoneDeps,
  deletion: RunningDeletion,
  {
    limit = BATCH,
    onLocked,
  }: { limit?: number | null; onLocked?: ((tx: Transaction) => Promise<void>) | undefined } = {},
): Promise<{ seen: number; tombstoned: number }> {
  const targets = await tx.$queryRaw<Target[]>`
    SELECT sid, kind FROM deletion_target
    WHERE deletion_id = ${deletion.id} AND local = 'pending' AND forgotten_at IS NULL
    ORDER BY sid LIMIT ${limit}::bigint`;
  if (targets.length === 0) return { seen: 0, tombstoned: 0 };
  const ofKind = (wanted: DeletionTargetKind) =>
    targets.filter(({ kind }) => kind === wanted).map(({ sid }) => sid);
  const media = ofKind('media');
  const messages = ofKind('message');
  const locked = await lockTargets(tx, { media, messages });
  await onLocked?.(tx);
  let tombstoned = 0;
  if (media.length > 0) tombstoned += await tombstoneMedia(tx, deps, deletion, media, locked);
  if (messages.length > 0) tombstoned += await tombstoneMessages(tx, deps, deletion, messages);
  return { seen: targets.length, tombstoned };
}

type Target = Pick<DeletionTarget, 'sid' | 'kind'>;

/**
 * Makes tombstones of messages: text, numbers and parameters are cleared; the sid stays, so that a repeated
 * webhook and reconciliation recognise the message. Queues the jobs that delete them at Twilio.
 *
 * @param tx holds the locks of `lockTargets`; the caller commits it
 * @returns how many this call made tombstones
 */
async function tombstoneMessages(
  tx: Transaction,
  { queue, deleteUpstream }: TombstoneDeps,
  deletion: RunningDeletion,
  sids: readonly string[],
): Promise<number> {
  // Saved here because the events that follow no longer find the sender.
  const isMuted = Prisma.sql`muted OR ${isMutedSender(Prisma.sql`message."from"`)}`;
  const live = await tx.$queryRaw<LiveMessage[]>`
    UPDATE message SET "from" = '', "to" = '', body = '', params = '{}', deleted_at = ${new Date()},
      muted = ${isMuted}
    WHERE sid = ANY(${sids}) AND deleted_at IS NULL
    RETURNING sid, account_sid AS "accountSid", moderation, source, suspect`;
  await tx.note.deleteMany({ where: { messageSid: { in: live.map(({ sid }) => sid) } } });
  await recordAudit(
    tx,
    live.map(({ sid, source }) => ({
      actor: deletion.requestedBy,
      action: 'message.delete',
      target: sid,
      reasonCode: deletion.reasonCode,
      reason: deletion.reason,
      before: { source },
      after: { state: 'deleted', deletionId: String(deletion.id) },
    })),
  );
  const { id, reasonCode, requestedBy: deletedBy } = deletion;
  await recordEvents(
    tx,
    live.map(({ sid: messageSid, accountSid, moderation }) => ({
      type: 'message.deleted',
      messageSid,
      data: { messageSid, accountSid, moderation, deletionId: String(id), reasonCode, deletedBy },
    })),
  );
  const upstream = new Map(
    live.map((message) => [message.sid, upstreamOf(message, deleteUpstream)] as const),
  );
  const jobs = live
    .filter(({ sid }) => upstream.get(sid) === 'pending')
    .map(({ sid: messageSid }) => ({ payload: { messageSid } }));
  await queue.send(tx, 'delete-upstream-message', jobs);
  const elsewhere = await upstreamElsewhere(tx, deletion, sids);
  await markTombstoned(
    tx,
    deletion.id,
    sids.map((sid) => ({
      sid,
      sha256: null,
      localFiles: [],
      previewFiles: [],
      upstream: upstream.get(sid) ?? elsewhere.get(sid) ?? 'done',
    })),
  );
  return live.length;
}

type LiveMessage = Pick<Message, 'sid' | 'accountSid' | 'moderation' | 'source' | 'suspect'>;

function upstreamOf({ source, suspect }: LiveMessage, deleteUpstream: boolean): TargetState {
  if (source === 'import') return 'none';
  // Its sid is ours and its message at Twilio is unknown: nothing is deleted there, which `kept` reports.
  if (suspect !== null) return 'kept';
  return deleteUpstream ? 'pending' : 'kept';
}

/** The upstream state in other deletions that tombstoned these messages first. */
async function upstreamElsewhere(
  tx: Transaction,
  { id }: RunningDeletion,
  sids: readonly string[],
): Promise<Map<string, TargetState>> {
  const targets = await tx.deletionTarget.findMany({
    where: { sid: { in: [...sids] }, deletionId: { not: id }, forgottenAt: { not: null } },
    select: { sid: true, upstream: true },
  });
  return new Map(targets.map(({ sid, upstream }) => [sid, upstream]));
}
