import { randomUUID } from 'node:crypto';
import { recordAudit } from '../../audit/record-audit.ts';
import { AppError } from '../../errors.ts';
import { type Erasure, Prisma } from '../../generated/prisma/client.ts';
import { suspectsNaming } from '../../inbound/keep-suspects.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import type { Database, Transaction } from '../../storage/database.ts';
import { NEWEST_MEDIA_FIRST } from '../../storage/media-scan.ts';
import { NEWEST_MESSAGE_FIRST } from '../../storage/message-order.ts';
import { countRows } from '../../storage/scan-rows.ts';
import type { Decider } from '../apply-decision.ts';
import { recordDeletion } from '../deletions/record-deletion.ts';
import type { SenderIdOf } from './sender-id.ts';

/** An erasure as the API tells it. */
export type ErasureItem = Omit<Erasure, 'deletionId'> & { deletionId: string | null };

export interface Erasures {
  /** How much of a sender is here. */
  count(address: string): Promise<{ messages: number; media: number }>;
  /** Erases everything of a sender, by a job; a block outlives it, by the hash alone. */
  begin(address: string, decider: Decider): Promise<ErasureItem>;
  /** @throws AppError `not_found` */
  find(id: string): Promise<ErasureItem>;
}

export function createErasures(deps: {
  database: Database;
  queue: JobQueue;
  senderIdOf: SenderIdOf;
  /** Forgets messages that the database has not taken. */
  forgetSpooled: (address: string) => Promise<void>;
}): Erasures {
  const { queue, senderIdOf, forgetSpooled } = deps;
  const { prisma } = deps.database;

  /** @returns the deletion's id; null where there is nothing to delete */
  async function deleteAll(
    tx: Transaction,
    address: string,
    decider: Decider,
  ): Promise<bigint | null> {
    // Of suspect messages nobody knows the sender: those that name the address go, too.
    const suspects = await suspectsNaming(tx, address);
    const where = { OR: [{ from: address }, { sid: { in: suspects } }], deletedAt: null };
    if ((await tx.message.findFirst({ where, select: { sid: true } })) === null) return null;
    const sent = Prisma.sql`
      SELECT sid FROM message WHERE message."from" = ${address} OR sid = ANY(${suspects})`;
    const selection = {
      media: Prisma.sql`media.message_sid IN (${sent})`,
      messages: Prisma.sql`message.sid IN (${sent})`,
    };
    const asked = { ...decider, scope: 'erase', mediaSid: null };
    return (await recordDeletion(tx, queue, asked, selection)).id;
  }

  return {
    async count(from) {
      const sent = { ranges: [Prisma.sql`"from" = ${from}`], filter: Prisma.sql`true` };
      return {
        messages: await countRows(prisma, NEWEST_MESSAGE_FIRST, sent),
        media: await countRows(prisma, NEWEST_MEDIA_FIRST, sent),
      };
    },
    async begin(address, decider) {
      const { actor, reasonCode, reason } = decider;
      const senderId = senderIdOf(address);
      await forgetSpooled(address);
      return prisma.$transaction(async (tx) => {
        const deletionId = await deleteAll(tx, address, decider);
        await tx.sender.deleteMany({ where: { id: senderId, policy: 'none' } });
        await tx.sender.updateMany({
          where: { id: senderId },
          data: { address: null, note: null, muted: false },
        });
        const erasure = await tx.erasure.create({
          data: { id: randomUUID(), senderId, deletionId, requestedBy: actor },
        });
        const target = senderId;
        await recordAudit(tx, [{ actor, action: 'sender.erase', target, reasonCode, reason }]);
        await queue.send(tx, 'erase-sender', [{ payload: { id: erasure.id } }]);
        return erasureItem(erasure);
      });
    },
    async find(id) {
      const erasure = await prisma.erasure.findUnique({ where: { id } });
      if (erasure === null) throw new AppError('not_found', 'There is no erasure of this id.');
      return erasureItem(erasure);
    },
  };
}

function erasureItem({ deletionId, ...erasure }: Erasure): ErasureItem {
  return { ...erasure, deletionId: deletionId === null ? null : String(deletionId) };
}
