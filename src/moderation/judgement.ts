import type { Transaction } from '../database/database.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { applyDecision } from './apply-decision.ts';
import type { Decider } from './decisions.ts';
import { type DeleteMedia, deleteUnlessGone } from './deletions/delete-media.ts';

/** What a rule decided about media, and why. */
export interface Judgement {
  act: 'hold' | 'quarantine' | 'delete';
  decider: Decider;
}

/**
 * Carries out what a rule decided, never less strict than what a moderator decided: a hold applies only to
 * visible media. Media to be deleted are quarantined first, and a job deletes them.
 *
 * @param tx the caller commits it
 */
export async function carryOut(
  tx: Transaction,
  queue: JobQueue,
  sids: readonly string[],
  { act, decider }: Judgement,
): Promise<void> {
  if (act === 'hold') {
    await applyDecision(tx, sids, 'hold', decider, 'visible');
    return;
  }
  await applyDecision(tx, sids, 'quarantine', decider);
  if (act !== 'delete') return;
  const jobs = sids.map((mediaSid) => ({ payload: { mediaSid, ...decider } }));
  await queue.send(tx, 'delete-judged', jobs);
}

// A moderator who approved or held it meanwhile overrides the rule, which is possible only once it is stored.
const onlyIf = Prisma.sql`state = 'pending' OR moderation = 'quarantined'`;

/** The job `delete-judged`: deletes an attachment that a rule quarantined in order to delete it. */
export function createDeleteJudged(deleteMedia: DeleteMedia): JobHandler<'delete-judged'> {
  return async ({ mediaSid, ...decider }) => {
    await deleteUnlessGone(deleteMedia, { sid: mediaSid, ...decider, onlyIf });
  };
}
