import { recordAudit } from '../../audit/record-audit.ts';
import { Prisma, type Sender } from '../../generated/prisma/client.ts';
import type { Database } from '../../storage/database.ts';
import { allOf, type ScanOrder, scanPage } from '../../storage/scan-rows.ts';
import type { Decider } from '../apply-decision.ts';
import type { SenderIdOf } from './sender-id.ts';
import type { SenderChange, SenderListQuery } from './sender-request.ts';

export interface Senders {
  /** Decides about a sender; what is not said stays as it was. */
  update(address: string, change: SenderChange, decider: Decider): Promise<Sender>;
  /** Those about whom somebody decided, in the order of their ids. */
  list(query: SenderListQuery): Promise<{ items: Sender[]; nextCursor: string | null }>;
}

const BY_ID: ScanOrder<Pick<Sender, 'id'>> = {
  table: Prisma.sql`sender`,
  columns: { id: 'id' },
  orderBy: Prisma.sql`id`,
  after: ({ id }) => Prisma.sql`id > ${id}`,
};

export function createSenders({ prisma }: Database, senderIdOf: SenderIdOf): Senders {
  return {
    update: (address, change, { actor, reasonCode, reason }) =>
      prisma.$transaction(async (tx) => {
        const id = senderIdOf(address);
        const fresh = { id, address, updatedBy: actor };
        const { count } = await tx.sender.createMany({ data: [fresh], skipDuplicates: true });
        // Of two who decide at once, the second has before it what the first decided.
        await tx.$queryRaw`SELECT id FROM sender WHERE id = ${id} FOR UPDATE`;
        const before = count === 1 ? null : await tx.sender.findUniqueOrThrow({ where: { id } });
        const sender = await tx.sender.update({
          where: { id },
          data: { ...change, address, updatedBy: actor },
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
    async list({ address, policy, muted, limit, cursor }) {
      const selection = {
        ranges: [allOf([address && Prisma.sql`id = ${senderIdOf(address)}`])],
        filter: allOf([
          policy && Prisma.sql`policy = ${policy}::"SenderPolicy"`,
          muted === undefined ? undefined : Prisma.sql`muted = ${muted}`,
        ]),
      };
      const after = cursor === undefined ? undefined : { id: cursor };
      const { page, last } = await scanPage(prisma, BY_ID, selection, after, limit);
      const items = await prisma.sender.findMany({
        where: { id: { in: page.map(({ id }) => id) } },
        orderBy: { id: 'asc' },
      });
      return { items, nextCursor: last?.id ?? null };
    },
  };
}

/** What the audit log keeps: notes may name people. */
function told({ policy, muted }: Sender) {
  return { policy, muted };
}
