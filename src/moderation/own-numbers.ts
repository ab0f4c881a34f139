import type { Work } from '../auth/api-keys.ts';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { addressesOf } from '../twilio/channel-address.ts';
import type { BulkRequest } from './bulk/bulk-schemas.ts';
import type { DeletionScope } from './deletions/record-deletion.ts';

// A key may work for some numbers only. That sorts work among teams and keeps one from deciding about another's
// attachments by mistake; it hides nothing.

/** Whose work it is. */
type Worker = Readonly<{ work: Work }>;

/** The condition on the table `media` that a message went to one of these numbers, on any channel; `true` for all. */
export function isOwnNumber({ numbers }: Work): Prisma.Sql {
  if (numbers.length === 0) return Prisma.sql`true`;
  return Prisma.sql`media."to" = ANY(${numbers.flatMap(addressesOf)})`;
}

/** Refuses acts of a key on what went to other numbers than its own. */
export interface OwnNumbers {
  /** @throws AppError `forbidden`, also for a delete that reaches what went to other numbers */
  requireMedia(worker: Worker, sid: string, scope?: DeletionScope): Promise<void>;
  /** @throws AppError `forbidden` */
  requireMessage(worker: Worker, sid: string): Promise<void>;
  /**
   * Of a bulk act: all that is named, or a filter by one of its numbers; of a queue only its own part is selected.
   *
   * @throws AppError `forbidden`
   */
  requireSelection(
    worker: Worker,
    selection: Pick<BulkRequest, 'sids' | 'queue' | 'filter'>,
  ): Promise<void>;
}

export function createOwnNumbers({ prisma }: Database): OwnNumbers {
  const isOwn = ({ numbers }: Work, to: string) => numbers.flatMap(addressesOf).includes(to);

  /** What does not exist, or is a tombstone, is refused elsewhere. */
  async function requireAll({ work }: Worker, sids: readonly string[]): Promise<void> {
    if (work.numbers.length === 0) return;
    const [{ isForeign }] = await prisma.$queryRaw<[{ isForeign: boolean }]>`
      SELECT EXISTS (
        SELECT 1 FROM media WHERE sid = ANY(${[...sids]}) AND state <> 'deleted'
          AND (${isOwnNumber(work)}) IS NOT TRUE) AS "isForeign"`;
    if (isForeign) throw otherNumbers();
  }

  return {
    async requireMedia(worker, sid, scope = 'one') {
      await requireAll(worker, [sid]);
      const reachesOthers = scope === 'same-bytes' || scope === 'sender';
      if (worker.work.numbers.length === 0 || !reachesOthers) return;
      throw otherNumbers(`A delete with the scope ${scope} reaches what went to others.`);
    },
    async requireMessage({ work }, sid) {
      if (work.numbers.length === 0) return;
      const message = await prisma.message.findUnique({ where: { sid } });
      if (message === null || message.deletedAt !== null) return;
      if (!isOwn(work, message.to)) throw otherNumbers();
    },
    async requireSelection(worker, { sids = [], queue, filter }) {
      await requireAll(worker, sids);
      const { work } = worker;
      if (queue !== undefined || filter === undefined || work.numbers.length === 0) return;
      if (filter.to === undefined || !isOwn(work, filter.to)) {
        throw otherNumbers('A filter needs `to` with one of them.');
      }
    },
  };
}

function otherNumbers(why = 'This went to another.'): AppError {
  return new AppError('forbidden', `This key works for some numbers only. ${why}`);
}
