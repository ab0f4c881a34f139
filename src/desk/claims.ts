import { recordAudit } from '../audit/record-audit.ts';
import type { Database, Transaction } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { type ClaimEnding, Prisma } from '../generated/prisma/client.ts';
import { toCreatedPage } from '../http/created-page.ts';
import type { Page } from '../http/paging.ts';
import { type QueueName, type QueuePlace, queueOrder } from '../moderation/queues/queues.ts';
import { IS_HELD } from '../moderation/reviews/at-hand.ts';
import type { ClaimedItem, ClaimListQuery, NextBody, OneBody } from './claim-requests.ts';
import type { ClaimItem } from './claim-schemas.ts';
import { readItems } from './queue-items.ts';
import { type Claimant, isOwnWork, readClaims } from './read-claims.ts';
import { createTakeMedia, type Taken } from './take-next.ts';

/** Who works on what. A claim is for its holder alone; others may decide all the same, and that ends it. */
export interface Claims {
  /** The next attachment of a queue, taken for the caller; null when there is none. */
  next(body: NextBody, caller: Claimant): Promise<ClaimedItem | null>;
  /**
   * One attachment, taken for the caller.
   *
   * @throws AppError `not_found`, `media_deleted`, `conflict` when somebody has it or it is not in the queue
   */
  take(body: OneBody, caller: Claimant): Promise<ClaimedItem>;
  /** All that are active, of the caller's work. */
  active(caller: Claimant): Promise<ClaimItem[]>;
  /** One page of the claims that are active, oldest first. */
  list(query: ClaimListQuery, caller: Claimant): Promise<Page<ClaimItem>>;
  /** @throws AppError `not_found`, of those that ended days ago, too */
  find(id: string, caller: Claimant): Promise<ClaimItem>;
  /**
   * Prolongs a claim: from now on it lasts as long as a new one.
   *
   * @throws AppError `not_found`, `forbidden` for another's, `conflict` when it has ended
   */
  extend(id: string, caller: Claimant): Promise<ClaimItem>;
  /**
   * Gives an attachment back to its queue.
   *
   * @param isSkipped the caller found it hard to judge, which is counted
   * @throws AppError `not_found`, `forbidden` for another's unless the caller is admin and does not skip,
   *   `conflict` when it has ended
   */
  release(id: string, isSkipped: boolean, caller: Claimant): Promise<void>;
  /**
   * Has somebody else decide.
   *
   * @throws AppError `not_found`, `forbidden` for another's, `conflict` when it has ended
   */
  escalate(id: string, reason: string, caller: Claimant): Promise<ClaimItem>;
}

const IS_ACTIVE = Prisma.sql`ended_at IS NULL AND ${IS_HELD}`;

/** @param claimSeconds how long a claim lasts unless it is extended */
export function createClaims(database: Database, claimSeconds: number): Claims {
  const { prisma } = database;
  const takeMedia = createTakeMedia(database, claimSeconds);

  async function find(
    id: string,
    caller: Claimant,
    db: Pick<Transaction, '$queryRaw'> = prisma,
  ): Promise<ClaimItem> {
    const [claim] = await readClaims(db, Prisma.sql`id = ${id}`, caller);
    if (claim === undefined) throw new AppError('not_found', 'There is no claim with this id.');
    return claim;
  }

  /** @throws AppError as the methods do */
  async function findOwn(id: string, caller: Claimant, isAdminEnough: boolean): Promise<ClaimItem> {
    const claim = await find(id, caller);
    if (claim.owner !== caller.name && !(isAdminEnough && caller.isAdmin)) {
      throw new AppError('forbidden', `It is the claim of ${claim.owner}.`);
    }
    if (claim.state === 'ended') throw ended(claim);
    return claim;
  }

  /** @returns null when its attachment was deleted at once */
  async function claimedItem(taken: Taken, caller: Claimant): Promise<ClaimedItem | null> {
    const [item] = await readItems(prisma, [taken.place]);
    return item === undefined ? null : { ...(await find(taken.id, caller)), ...item };
  }

  /** Ends a claim that has not ended meanwhile. */
  async function end(
    tx: Transaction,
    id: string,
    ending: ClaimEnding,
    caller: Claimant,
  ): Promise<void> {
    const count = await tx.$executeRaw`
      UPDATE claim SET ended_at = now(), ending = ${ending}::"ClaimEnding", ended_by = ${caller.name}
      WHERE id = ${id} AND ${IS_ACTIVE}`;
    if (count === 0) throw ended(await find(id, caller, tx));
  }

  async function placeOf(queue: QueueName, sid: string): Promise<QueuePlace | undefined> {
    const column = Prisma.raw(queueOrder(queue).columns.since);
    const [place] = await prisma.$queryRaw<(QueuePlace & { since: Date | null })[]>`
      SELECT ${column} AS since, sid FROM media WHERE sid = ${sid}`;
    return place === undefined || place.since === null ? undefined : place;
  }

  return {
    async next({ queue, filter, after }, caller) {
      const behind = after === undefined ? undefined : await placeOf(queue, after);
      for (;;) {
        const taken = await takeMedia.next(queue, filter ?? {}, behind, caller);
        if (taken === null) return null;
        const item = await claimedItem(taken, caller);
        if (item !== null) return item;
      }
    },
    async take({ queue, mediaSid }, caller) {
      const taken = await takeMedia.one(queue, mediaSid, caller);
      if (taken === null) throw await notTaken(database, queue, mediaSid, caller);
      const item = await claimedItem(taken, caller);
      if (item === null) throw deleted();
      return item;
    },
    active: (caller) =>
      readClaims(prisma, Prisma.sql`${IS_ACTIVE} AND ${isOwnWork(caller)}`, caller),
    async list({ limit, cursor }, caller) {
      const after =
        cursor === undefined
          ? Prisma.sql`true`
          : Prisma.sql`(created_at, id) > (${cursor.createdAt}, ${cursor.id})`;
      const condition = Prisma.sql`${IS_ACTIVE} AND ${isOwnWork(caller)} AND ${after}`;
      return toCreatedPage(await readClaims(prisma, condition, caller, limit + 1), limit);
    },
    find,
    async extend(id, caller) {
      await findOwn(id, caller, false);
      const count = await prisma.$executeRaw`
        UPDATE claim SET expires_at = clock_timestamp() + make_interval(secs => ${claimSeconds})
        WHERE id = ${id} AND ${IS_ACTIVE}`;
      const claim = await find(id, caller);
      if (count === 0) throw ended(claim);
      return claim;
    },
    async release(id, isSkipped, caller) {
      const { mediaSid } = await findOwn(id, caller, !isSkipped);
      await prisma.$transaction(async (tx) => {
        await end(tx, id, isSkipped ? 'skipped' : 'released', caller);
        if (!isSkipped) return;
        const actor = caller.name;
        await tx.$executeRaw`
          INSERT INTO media_skip (media_sid, skipped_by, skipped_at)
          VALUES (${mediaSid}, ${actor}, now())
          ON CONFLICT (media_sid, skipped_by)
          DO UPDATE SET count = media_skip.count + 1, skipped_at = excluded.skipped_at`;
        await recordAudit(tx, [{ actor, action: 'media.skip', target: mediaSid }]);
      });
    },
    async escalate(id, reason, caller) {
      const { mediaSid, queue } = await findOwn(id, caller, false);
      const actor = caller.name;
      await prisma.$transaction(async (tx) => {
        // Media are locked before claims, as by decisions.
        await tx.$queryRaw`SELECT sid FROM media WHERE sid = ${mediaSid} FOR NO KEY UPDATE`;
        await end(tx, id, 'escalated', caller);
        await tx.$executeRaw`
          UPDATE media SET escalated_at = now(), escalated_by = ${actor}, escalation_reason = ${reason}
          WHERE sid = ${mediaSid}`;
        const entry = { actor, target: mediaSid, reason, after: { queue } };
        await recordAudit(tx, [{ ...entry, action: 'media.escalate' }]);
      });
      return find(id, caller);
    },
  };
}

function ended({ ending, endedBy }: ClaimItem): AppError {
  const by = endedBy === null ? '' : ` by ${endedBy}`;
  return new AppError('conflict', `The claim has ended: ${ending}${by}.`);
}

function deleted(): AppError {
  return new AppError('media_deleted', 'This media was deleted.');
}

/** Why an attachment could not be taken. */
async function notTaken(
  { prisma }: Database,
  queue: QueueName,
  sid: string,
  caller: Claimant,
): Promise<AppError> {
  const media = await prisma.media.findUnique({ where: { sid } });
  if (media === null) return new AppError('not_found', 'There is no media with this sid.');
  if (media.state === 'deleted') return deleted();
  const isOpen = Prisma.sql`media_sid = ${sid} AND ended_at IS NULL`;
  const [claim] = await readClaims(prisma, isOpen, caller);
  if (claim !== undefined) return new AppError('conflict', `It is taken by ${claim.owner}.`);
  return new AppError(
    'conflict',
    `It is not in the queue ${queue}, went to another number, an act about it waits, or you have escalated it.`,
  );
}
