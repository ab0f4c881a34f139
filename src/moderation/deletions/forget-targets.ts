import { type DeletionTarget, Prisma } from '../../generated/prisma/client.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import type { Transaction } from '../../storage/database.ts';
import { forgetMedia } from './forget-media.ts';
import { forgetMessages } from './forget-messages.ts';

/** Rows of one transaction: long enough to be quick, short enough to hold up nobody. */
const BATCH = 100;

export interface ForgetDeps {
  queue: JobQueue;
  /** Whether Twilio's copies go too. */
  deleteUpstream: boolean;
}

/** A deletion whose targets become tombstones: who asked for it, and why. */
export interface RunningDeletion {
  id: bigint;
  requestedBy: string;
  reasonCode: string | null;
  reason: string | null;
}

export interface ForgottenCount {
  /** Rows that are tombstones by this. */
  forgotten: number;
  /** Targets that are through with it: also those that somebody else had deleted before. */
  marked: number;
}

/**
 * Makes tombstones of the next targets of a deletion, in the order of their sids. Their files are
 * named by no row but the target's after that, and are removed behind the commit.
 *
 * @param tx the caller commits it
 * @returns `seen` is how many were looked at
 * @throws BytesArrived when the transaction has to begin anew
 */
export async function forgetTargets(
  tx: Transaction,
  deps: ForgetDeps,
  deletion: RunningDeletion,
): Promise<ForgottenCount & { seen: number }> {
  // Those that another deletion tombstoned may wait for that one's files: they come last, so that a
  // hundred of them do not stand in front of the rest.
  const live = await nextTargets(tx, deletion.id, Prisma.sql`NOT ${IS_TOMBSTONE}`);
  const targets =
    live.length > 0 ? live : await nextTargets(tx, deletion.id, Prisma.sql`${IS_TOMBSTONE}`);
  const isMessage = ({ sid, messageSid }: Target) => sid === messageSid;
  const media = targets.filter((target) => !isMessage(target)).map(({ sid }) => sid);
  const messages = targets.filter(isMessage).map(({ sid }) => sid);
  const none = { forgotten: 0, marked: 0 };
  const ofMedia = media.length === 0 ? none : await forgetMedia(tx, deps, deletion, media);
  const ofMessages =
    messages.length === 0 ? none : await forgetMessages(tx, deps, deletion, messages);
  return {
    seen: targets.length,
    forgotten: ofMedia.forgotten + ofMessages.forgotten,
    marked: ofMedia.marked + ofMessages.marked,
  };
}

type Target = Pick<DeletionTarget, 'sid' | 'messageSid'>;

/** Whether the media item of a target was deleted, by whomever; a message has its own time of that. */
export const IS_TOMBSTONE = Prisma.sql`EXISTS (
  SELECT 1 FROM media WHERE media.sid = deletion_target.sid AND media.state = 'deleted'
)`;

function nextTargets(tx: Transaction, id: bigint, which: Prisma.Sql): Promise<Target[]> {
  return tx.$queryRaw`
    SELECT sid, message_sid AS "messageSid" FROM deletion_target
    WHERE deletion_id = ${id} AND local = 'pending' AND forgotten_at IS NULL AND ${which}
    ORDER BY sid LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;
}
