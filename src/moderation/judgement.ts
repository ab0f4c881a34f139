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
 * Does what a rule decided, never less strict than what a person did: to hold reaches only what is
 * visible. What is to be deleted is quarantined first, and a job deletes it.
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

// Whoever has approved or held it meanwhile decided otherwise; nobody can who has not seen it stored.
const onlyIf = Prisma.sql`state = 'pending' OR moderation = 'quarantined'`;

/** The job `delete-judged`: deletes a media that a rule quarantined in order to delete it. */
export function createDeleteJudged(deleteMedia: DeleteMedia): JobHandler<'delete-judged'> {
  return async ({ mediaSid, ...decider }) => {
    await deleteUnlessGone(deleteMedia, { sid: mediaSid, ...decider, onlyIf });
  };
}
