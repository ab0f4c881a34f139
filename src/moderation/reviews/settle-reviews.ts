import type { Transaction } from '../../database/database.ts';
import type { Decision } from '../decisions.ts';

// A review is what people do about an attachment before somebody decides: reports, an escalation, a claim. It ends with
// the decision of a person or a program, also when that changes nothing: "leave it visible" is an answer to a report. A
// rule's decision is none: somebody should still look.

/**
 * Ends the reviews of media that somebody has decided about: open reports are resolved, escalations,
 * proposals and claims end.
 *
 * @param tx has locked the rows of the media; the caller commits it
 * @returns the media that were reported or escalated
 */
export async function settleReviews(
  tx: Transaction,
  sids: readonly string[],
  { actor, decision, at }: { actor: string; decision: Decision; at: Date },
): Promise<Set<string>> {
  if (sids.length === 0) return new Set();
  const ofThese = { in: [...sids] };
  const resolved = { resolvedAt: at, resolvedBy: actor, resolution: decision };
  await tx.report.updateMany({ where: { mediaSid: ofThese, resolvedAt: null }, data: resolved });
  const answered = await tx.media.updateManyAndReturn({
    where: {
      sid: ofThese,
      OR: [{ reportedAt: { not: null } }, { escalatedAt: { not: null } }],
    },
    data: { reportedAt: null, escalatedAt: null, escalatedBy: null, escalationReason: null },
    select: { sid: true },
  });
  await tx.proposal.deleteMany({ where: { mediaSid: ofThese } });
  await endClaims(tx, sids, 'decided', actor);
  return new Set(answered.map(({ sid }) => sid));
}

/**
 * Removes the reviews of media that become tombstones, with what people wrote about them.
 *
 * @param tx has locked the rows of the media; the caller commits it
 */
export async function removeReviews(
  tx: Transaction,
  sids: readonly string[],
  actor: string,
): Promise<void> {
  if (sids.length === 0) return;
  const ofThese = { mediaSid: { in: [...sids] } };
  await tx.report.deleteMany({ where: ofThese });
  await tx.note.deleteMany({ where: ofThese });
  await tx.mediaSkip.deleteMany({ where: ofThese });
  await tx.proposal.deleteMany({ where: ofThese });
  await endClaims(tx, sids, 'deleted', actor);
}

/**
 * Ends the claim of an attachment about which an act was made that waits: from now on it is offered to nobody. It is not decided:
 * the act may be taken back.
 *
 * @param tx has inserted the act, and locked neither the row of the media nor claims; the caller commits it
 */
export async function endClaimForAct(
  tx: Transaction,
  mediaSid: string,
  actor: string,
): Promise<void> {
  // Whoever is taking it has committed its claim, or sees the act once this is committed.
  await tx.$queryRaw`SELECT sid FROM media WHERE sid = ${mediaSid} FOR NO KEY UPDATE`;
  await endClaims(tx, [mediaSid], 'acted', actor);
}

/**
 * Ends the claims of media.
 *
 * @param tx has locked the rows of the media: claims are locked behind them, by everybody
 */
export async function endClaims(
  tx: Transaction,
  sids: readonly string[],
  ending: 'decided' | 'deleted' | 'escalated' | 'acted',
  endedBy: string,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE claim SET ended_at = now(), ending = ${ending}::"ClaimEnding", ended_by = ${endedBy}
    WHERE media_sid = ANY(${[...sids]}) AND ended_at IS NULL`;
}
