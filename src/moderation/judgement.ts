import type { Transaction } from '../database/database.ts';
import { type Media, Prisma } from '../generated/prisma/client.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { applyDecision } from './apply-decision.ts';
import { type CaughtBy, recordCatches } from './blocklist/catches.ts';
import type { Decider } from './decisions.ts';
import { type DeleteMedia, deleteUnlessGone } from './deletions/delete-media.ts';

/** What a rule decided about media, and why. */
export interface Judgement {
  act: 'hold' | 'quarantine' | 'delete';
  decider: Decider;
  /** Of the blocklist. */
  caughtBy?: CaughtBy;
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
  { act, decider, caughtBy }: Judgement,
): Promise<void> {
  if (act === 'hold') {
    await applyDecision(tx, sids, 'hold', decider, 'visible');
    return;
  }
  await applyDecision(tx, sids, 'quarantine', decider);
  if (caughtBy !== undefined) await recordCatches(tx, caughtBy, sids);
  if (act !== 'delete') return;
  const jobs = sids.map((mediaSid) => ({ payload: { mediaSid, ...decider } }));
  await queue.send(tx, 'delete-judged', jobs);
}

/** An attachment about which nobody's decision stands any more. */
export interface ReleasedMedia
  extends Pick<Media, 'sid' | 'moderation' | 'decidedBy' | 'decisionCode'> {
  blobSha256: string;
  /** Whether it was stored while a person's decision stood: no rule has ever had its say about it. */
  isNew: boolean;
}

/** Screens stored attachments as if they arrived now. A classifier is not asked: what it said is stored with the bytes. */
export interface ScreenAgain {
  /** Resolves when `decide` takes no time. Called outside of any transaction. */
  ready(): Promise<void>;
  /**
   * Decides about bytes, and keeps the rules from changing until the transaction ends.
   *
   * @param tx has locked no media yet, which are locked behind the blobs and the blocklist; the caller commits it
   * @returns carries out what was decided, for media with these bytes that `tx` has locked meanwhile, with their messages
   */
  decide(
    tx: Transaction,
    sha256s: readonly string[],
  ): Promise<(media: readonly ReleasedMedia[]) => Promise<void>>;
}

// A moderator who approved or held it meanwhile overrides the rule, which is possible only once it is stored.
const onlyIf = Prisma.sql`state = 'pending' OR moderation = 'quarantined'`;

/** The job `delete-judged`: deletes an attachment that a rule quarantined in order to delete it. */
export function createDeleteJudged(deleteMedia: DeleteMedia): JobHandler<'delete-judged'> {
  return async ({ mediaSid, ...decider }) => {
    await deleteUnlessGone(deleteMedia, { sid: mediaSid, ...decider, onlyIf });
  };
}
