import { z } from 'zod';
import type { Database, Transaction } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { Moderation } from '../generated/prisma/client.ts';
import { reasonFields } from '../http/fields.ts';
import { applyDecision, type DecidedMedia } from './apply-decision.ts';
import { DECISIONS, type Decider, type Decision } from './decisions.ts';
import type { CountStrikes } from './senders/strikes.ts';

const names = Object.keys(DECISIONS) as (keyof typeof DECISIONS)[];

/** Body of `POST …/decision`. */
export const decisionBody = z.strictObject({
  decision: z.enum(names, { error: `one of ${names.join(', ')}` }),
  expected: z
    .enum(Moderation, { error: `one of ${Object.values(Moderation).join(', ')}` })
    .optional(),
  ...reasonFields,
});

/** The result of a decision: whose decision stands, and whether this one changed the attachment or message. */
interface DecisionOutcome {
  sid: string;
  moderation: Moderation;
  changed: boolean;
  decidedBy: string | null;
  decidedAt: Date | null;
}

/**
 * A moderator's decision about one attachment. Deciding what is decided already changes nothing and returns
 * whose decision stands: the caller's when it has answered a report or an escalation.
 *
 * @param expected the state that the moderator believes the attachment to have
 * @throws AppError `not_found`, `media_deleted`, `decided_meanwhile` when it is not as expected
 */
export type DecideMedia = (
  sid: string,
  decision: Decision,
  decider: Decider,
  expected?: Moderation,
) => Promise<DecisionOutcome>;

export function createDecideMedia({ prisma }: Database, countStrikes: CountStrikes): DecideMedia {
  return (...decision) =>
    prisma.$transaction((tx) => decideInTransaction(tx, countStrikes, ...decision));
}

/** `DecideMedia` in a transaction that the caller commits. */
export async function decideInTransaction(
  tx: Transaction,
  countStrikes: CountStrikes,
  ...[sid, decision, decider, expected]: Parameters<DecideMedia>
): Promise<DecisionOutcome> {
  const { moderation } = DECISIONS[decision];
  const applied = await applyDecision(tx, [sid], decision, decider, expected);
  const { found, changed, answered, decidedAt } = applied;
  const [media] = found;
  if (media === undefined) throw new AppError('not_found', 'There is no media with this sid.');
  if (media.state === 'deleted') throw new AppError('media_deleted', 'This media was deleted.');
  const isChanged = changed.has(sid);
  if (isChanged || answered.has(sid)) {
    await countStrikes(tx, [sid], decision, decider);
    return { sid, moderation, changed: isChanged, decidedBy: decider.actor, decidedAt };
  }
  if (media.moderation !== moderation)
    throw new AppError('decided_meanwhile', describeDecision(media));
  const { decidedBy, decidedAt: before } = media;
  return { sid, moderation, changed: false, decidedBy, decidedAt: before };
}

/** Describes the current state, and who set it when. */
export function describeDecision({
  moderation,
  decidedBy,
  decidedAt,
}: Pick<DecidedMedia, 'moderation' | 'decidedBy' | 'decidedAt'>): string {
  const by = decidedBy === null ? '' : `, by ${decidedBy} at ${decidedAt?.toISOString()}`;
  return `It is ${moderation} now${by}.`;
}
