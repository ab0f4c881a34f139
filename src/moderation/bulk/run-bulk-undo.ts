import { recordAudit } from '../../audit/record-audit.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { recordEvents } from '../../events/record-events.ts';
import {
  type BulkAct,
  type BulkOutcome,
  type Media,
  type Moderation,
  Prisma,
} from '../../generated/prisma/client.ts';
import type { JobHandler } from '../../jobs/job-list.ts';
import { DECISIONS, type Decision, isRule } from '../decisions.ts';
import type { ReleasedMedia, ScreenAgain } from '../judgement.ts';
import { settleMessages } from '../messages/settle-messages.ts';
import { endClaims } from '../reviews/settle-reviews.ts';
import type { CountStrikes } from '../senders/strikes.ts';
import { auditedDecision, STANDING_DECISION, type StandingDecision } from '../standing-decision.ts';
import { formerState } from './former-state.ts';
import { findLeftAlone } from './left-alone.ts';
import { runInBatches } from './run-in-batches.ts';
import { settleItems } from './settle-items.ts';

/** An attachment that an act has changed, as it is now, and what stood before the act. */
type Decided = StandingDecision &
  Pick<Media, 'sid' | 'messageSid' | 'accountSid' | 'state' | 'blobSha256'> & {
    former: unknown;
    /** Whether it was stored after the act. */
    isNew: boolean;
    /** Whether nobody has decided about it since. */
    isOurs: boolean;
  };

type Restored = Decided & { to: ReturnType<typeof formerState.parse> };

/**
 * The job `bulk-undo`: puts back what stood before a bulk decision, a batch at a time, from where an earlier run has
 * stopped, unless somebody has decided since. What no person had decided before the act is screened again: while the
 * decision of the act stood, the rules left it alone.
 */
export function createRunBulkUndo({
  database,
  screenAgain,
  countStrikes,
}: {
  database: Database;
  screenAgain: ScreenAgain;
  countStrikes: CountStrikes;
}): JobHandler<'bulk-undo'> {
  return async ({ id }, signal) => {
    await screenAgain.ready();
    await runInBatches(database, id, signal, (undo, batch) =>
      database.prisma.$transaction(async (tx) => {
        const undone = await tx.bulkAct.findUniqueOrThrow({ where: { id: undo.undoOf ?? '' } });
        const sha256s = await hashesOf(tx, batch);
        const applyRules = await screenAgain.decide(tx, [...sha256s]);
        const locked = await lockDecided(tx, undone, batch);
        // What was linked to its bytes just now has its turn in the next batch, which locks these first.
        const late = new Set(
          locked
            .filter(({ blobSha256 }) => blobSha256 !== null && !sha256s.has(blobSha256))
            .map(({ sid }) => sid),
        );
        const media = locked.filter(({ sid }) => !late.has(sid));
        const sids = batch.filter((sid) => !late.has(sid));
        const left = await findLeftAlone(tx, undo, sids);
        const outcomes = new Map(
          media.map(({ sid, state, isOurs }): [string, BulkOutcome] => {
            if (state === 'deleted') return [sid, 'deleted'];
            return [sid, left.get(sid) ?? (isOurs ? 'changed' : 'decided')];
          }),
        );
        // Rows of media stay as tombstones: only a database that was tampered with has none.
        for (const sid of sids) if (!outcomes.has(sid)) outcomes.set(sid, 'unknown');
        const restored = media
          .filter(({ sid }) => outcomes.get(sid) === 'changed')
          .map((one) => ({ ...one, to: formerState.parse(one.former) }));
        await restore(tx, undone, undo, restored);
        await applyRules(restored.flatMap(releasedOf));
        await countAgain(tx, restored, countStrikes);
        await settleItems(tx, undo.id, outcomes);
      }),
    );
  };
}

async function hashesOf(tx: Transaction, sids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.media.findMany({
    where: { sid: { in: [...sids] }, blobSha256: { not: null } },
    select: { blobSha256: true },
  });
  return new Set(rows.flatMap(({ blobSha256 }) => blobSha256 ?? []));
}

/** What is left to the rules again. What is not stored yet is screened when it is. */
function releasedOf({ sid, state, blobSha256, isNew, to }: Restored): ReleasedMedia[] {
  const isOfPerson = to.decidedBy !== null && !isRule(to.decidedBy);
  if (state !== 'stored' || blobSha256 === null || isOfPerson) return [];
  const { moderation, decidedBy, decisionCode } = to;
  return [{ sid, blobSha256, isNew, moderation, decidedBy, decisionCode }];
}

function lockDecided(tx: Transaction, undone: BulkAct, sids: string[]): Promise<Decided[]> {
  const { moderation } = DECISIONS[undone.action as Decision];
  return tx.$queryRaw<Decided[]>`
    SELECT sid, message_sid AS "messageSid", account_sid AS "accountSid", state, item.former,
      blob_sha256 AS "blobSha256", coalesce(stored_at > item.acted_at, false) AS "isNew",
      ${STANDING_DECISION},
      coalesce(moderation = ${moderation}::"Moderation" AND decided_at = item.acted_at, false) AS "isOurs"
    FROM media JOIN bulk_item AS item ON item.act_id = ${undone.id} AND item.media_sid = media.sid
    WHERE media.sid = ANY(${sids}) ORDER BY media.sid FOR UPDATE OF media`;
}

async function restore(
  tx: Transaction,
  undone: BulkAct,
  { requestedBy: actor }: BulkAct,
  restored: readonly Restored[],
): Promise<void> {
  if (restored.length === 0) return;
  const sids = restored.map(({ sid }) => sid);
  await writeFormer(tx, undone.id, sids);
  await reopenReports(tx, undone.id, sids);
  await endClaims(tx, sids, 'decided', actor);
  const { count } = await tx.bulkItem.updateMany({
    where: { actId: undone.id, mediaSid: { in: sids }, outcome: 'changed' },
    data: { outcome: 'undone' },
  });
  await tx.bulkAct.update({
    where: { id: undone.id },
    data: { changed: { decrement: count }, undone: { increment: count } },
  });
  await record(tx, undone.id, actor, restored);
  const messages = restored.map(({ messageSid }) => messageSid);
  await settleMessages(tx, messages, { actor, reasonCode: null, reason: null });
}

async function writeFormer(tx: Transaction, actId: string, sids: string[]): Promise<void> {
  const text = (name: string) => Prisma.sql`item.former ->> ${name}::text`;
  await tx.$executeRaw`
    UPDATE media SET
      moderation = (${text('moderation')})::"Moderation", decided_by = ${text('decidedBy')},
      decided_at = (${text('decidedAt')})::timestamptz, decision_code = ${text('decisionCode')},
      decision_reason = ${text('decisionReason')},
      escalated_at = coalesce(escalated_at, (${text('escalatedAt')})::timestamptz),
      escalated_by = coalesce(escalated_by, ${text('escalatedBy')}),
      escalation_reason = CASE WHEN escalated_at IS NULL THEN ${text('escalationReason')}
        ELSE escalation_reason END
    FROM bulk_item AS item
    WHERE item.act_id = ${actId} AND item.media_sid = media.sid AND media.sid = ANY(${sids})`;
}

/** What the act has answered is open again, unless the same person has reported it once more. */
async function reopenReports(tx: Transaction, actId: string, sids: string[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE report SET resolved_at = NULL, resolved_by = NULL, resolution = NULL
    FROM bulk_item AS item
    WHERE item.act_id = ${actId} AND item.media_sid = ANY(${sids})
      AND report.media_sid = item.media_sid AND report.resolved_at = item.acted_at
      AND NOT EXISTS (
        SELECT 1 FROM report AS again
        WHERE again.media_sid = report.media_sid AND again.reported_by = report.reported_by
          AND again.resolved_at IS NULL)`;
  await tx.$executeRaw`
    UPDATE media SET reported_at = open.since
    FROM (
      SELECT media_sid, min(created_at) AS since FROM report
      WHERE media_sid = ANY(${sids}) AND resolved_at IS NULL GROUP BY media_sid) AS open
    WHERE media.sid = open.media_sid`;
}

/** As of a decision, so that logs and programs need not know of undos. */
async function record(
  tx: Transaction,
  undoOf: string,
  actor: string,
  restored: readonly Restored[],
): Promise<void> {
  await recordAudit(
    tx,
    restored.map(({ to, ...media }) => ({
      actor,
      action: decisionTo(to.moderation).action,
      target: media.sid,
      before: auditedDecision(media),
      after: { ...auditedDecision(to), undoOf },
    })),
  );
  const moved = restored.filter(({ to, moderation }) => to.moderation !== moderation);
  await recordEvents(
    tx,
    moved.map(({ sid: mediaSid, messageSid, accountSid, moderation: before, to }) => {
      const { moderation, decisionCode: reasonCode } = to;
      const facts = { mediaSid, messageSid, accountSid, moderation, before, reasonCode };
      const { event: type } = decisionTo(moderation);
      return { type, messageSid, mediaSid, data: { ...facts, decidedBy: actor } };
    }),
  );
}

function decisionTo(moderation: Moderation) {
  const found = Object.entries(DECISIONS).find(([, known]) => known.moderation === moderation);
  const name = found?.[0] as Decision;
  return { name, ...DECISIONS[name] };
}

/** What counts against senders is what stands now. */
async function countAgain(
  tx: Transaction,
  restored: readonly Restored[],
  countStrikes: CountStrikes,
): Promise<void> {
  const groups = Map.groupBy(restored, ({ to }) =>
    JSON.stringify([to.moderation, to.decidedBy, to.decisionCode]),
  );
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const { moderation, decidedBy, decisionCode: reasonCode } = first.to;
    const sids = group.map(({ sid }) => sid);
    // A quarantine that counted before counts again, as its author's; that of a rule never did.
    const counts = moderation === 'quarantined' && decidedBy !== null && !isRule(decidedBy);
    const decider = { actor: counts ? decidedBy : '', reasonCode, reason: null };
    await countStrikes(tx, sids, counts ? 'quarantine' : 'approve', decider);
  }
}
