import { recordAudit } from '../../audit/record-audit.ts';
import type { Sender } from '../../generated/prisma/client.ts';
import { cutPage } from '../../storage/cut-page.ts';
import type { Database } from '../../storage/database.ts';
import type { Decider } from '../apply-decision.ts';
import type { SenderIdOf } from './sender-id.ts';
import type { SenderChange, SenderListQuery } from './sender-request.ts';

export interface Senders {
  /** Decides about a sender; what is not said stays as it was. */
  update(address: string, change: SenderChange, decider: Decider): Promise<Sender>;
  /** Those about whom somebody decided, in the order of their ids. */
  list(query: SenderListQuery): Promise<{ items: Sender[]; nextCursor: string | null }>;
}

export function createSenders({ prisma }: Database, senderIdOf: SenderIdOf): Senders {
  return {
    update: (address, change, { actor, reasonCode, reason }) =>
      prisma.$transaction(async (tx) => {
        const id = senderIdOf(address);
        const before = await tx.sender.findUnique({ where: { id } });
        const sender = await tx.sender.upsert({
          where: { id },
          create: { ...change, id, address, updatedBy: actor },
          update: { ...change, address, updatedBy: actor },
        });
        await recordAudit(tx, [
          {
            ...{ actor, action: 'sender.update', target: id, reasonCode, reason },
            ...(before === null ? {} : { before: told(before) }),
            after: told(sender),
          },
        ]);
        return sender;
      }),
    async list({ address, policy, muted, limit, cursor = '' }) {
      const rows = await prisma.sender.findMany({
        where: {
          AND: [
            { id: { gt: cursor } },
            address === undefined ? {} : { id: senderIdOf(address) },
            policy === undefined ? {} : { policy },
            muted === undefined ? {} : { muted },
          ],
        },
        orderBy: { id: 'asc' },
        take: limit + 1,
      });
      const { page, last } = cutPage(rows, limit);
      return { items: page, nextCursor: last?.id ?? null };
    },
  };
}

/** What the audit log keeps: notes may name people. */
function told({ policy, muted }: Sender) {
  return { policy, muted };
}
