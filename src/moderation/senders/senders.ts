import { recordAudit } from '../../audit/record-audit.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { allOf, type ScanOrder, scanPage } from '../../database/scan-rows.ts';
import { Prisma, type Sender, SenderPolicy } from '../../generated/prisma/client.ts';
import type { Page } from '../../http/paging.ts';
import { personOf } from '../../twilio/channel-address.ts';
import type { Decider } from '../decisions.ts';
import type { SenderIds } from './sender-id.ts';
import type { SenderChange, SenderListQuery } from './sender-schemas.ts';

export interface Senders {
  /** Updates what is decided about a sender; missing fields stay as they were. */
  update(address: string, change: SenderChange, decider: Decider): Promise<Sender>;
  /** One page of the senders about whom a decision was made, in the order of their ids. */
  list(query: SenderListQuery): Promise<Page<Sender>>;
}

const BY_ID: ScanOrder<Pick<Sender, 'id'>> = {
  table: Prisma.sql`sender`,
  columns: { id: 'id' },
  orderBy: Prisma.sql`id`,
  after: ({ id }) => Prisma.sql`id > ${id}`,
};

export function createSenders({ prisma }: Database, senderIds: SenderIds): Senders {
  const idsOf = (address: string) => [senderIds.of(address), ...senderIds.formerOf(address)];

  return {
    update: (address, change, decider) =>
      prisma.$transaction((tx) => updateSender(tx, senderIds, address, change, decider)),
    async list({ address, policy, muted, limit, cursor }) {
      const selection = {
        ranges: [
          allOf([
            address && Prisma.sql`id = ANY(${idsOf(address)})`,
            policy && Prisma.sql`policy = ${policy}::"SenderPolicy"`,
            // No parameter: a plan for any value could not use the index of those that are muted.
            muted === true ? Prisma.sql`muted` : undefined,
          ]),
        ],
        filter: muted === false ? Prisma.sql`NOT muted` : Prisma.sql`true`,
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

/**
 * Updates what is decided about a sender, and records it in the audit log.
 *
 * @param tx the caller commits it
 */
export async function updateSender(
  tx: Transaction,
  senderIds: SenderIds,
  address: string,
  change: SenderChange,
  { actor, reasonCode, reason }: Decider,
): Promise<Sender> {
  const id = senderIds.of(address);
  const person = personOf(address);
  const former = await takeFormer(tx, senderIds.formerOf(address));
  const fresh = { ...former, id, address: person, updatedBy: actor };
  const { count } = await tx.sender.createMany({ data: [fresh], skipDuplicates: true });
  // Of two concurrent updates, the second sees what the first wrote.
  await tx.$queryRaw`SELECT id FROM sender WHERE id = ${id} FOR UPDATE`;
  const before = count === 1 ? null : await tx.sender.findUniqueOrThrow({ where: { id } });
  const sender = await tx.sender.update({
    where: { id },
    data: { ...change, address: person, updatedBy: actor },
  });
  await recordAudit(tx, [
    {
      actor,
      action: 'sender.update',
      target: id,
      reasonCode,
      reason,
      ...(before === null ? {} : { before: auditedFields(before) }),
      after: auditedFields(sender),
    },
  ]);
  return sender;
}

/**
 * Deletes the rows that earlier versions had for each address of a person on channels, and returns the
 * strictest of their values, for the single row that replaces them.
 */
async function takeFormer(tx: Transaction, ids: string[]) {
  const where = { id: { in: ids } };
  const rows = await tx.sender.findMany({ where });
  if (rows.length === 0) return {};
  await tx.sender.deleteMany({ where });
  const strictness = Object.values(SenderPolicy);
  const policies = rows.map(({ policy }) => strictness.indexOf(policy));
  return {
    policy: strictness[Math.max(...policies)] ?? 'none',
    muted: rows.some(({ muted }) => muted),
    note: rows.find(({ note }) => note !== null)?.note ?? null,
  };
}

/** What the audit log records: not the note, which may name people. */
function auditedFields({ policy, muted }: Sender) {
  return { policy, muted };
}
