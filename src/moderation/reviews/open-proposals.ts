import type { Transaction } from '../../database/database.ts';
import type { Prisma, Proposal } from '../../generated/prisma/client.ts';
import { type ActKind, actOf } from '../act-kinds.ts';

// About an attachment one delete, one block of the picture and one of the sender may be proposed at a time. The rows are two
// tables: one row for each attachment in `proposal`, and those of other kinds in `further_proposal`, which end with it.

type WithFurther = Prisma.ProposalGetPayload<{ include: { further: true } }>;

/** In the order in which they are confirmed: a delete ends what else is proposed. */
const ORDER: readonly ActKind[] = ['block', 'block-sender', 'delete'];

/** The proposals about media, in the order in which they are confirmed. */
export async function readProposals(
  { proposal: table }: Pick<Transaction, 'proposal'>,
  sids: readonly string[],
): Promise<Map<string, Proposal[]>> {
  const rows = await table.findMany({
    where: { mediaSid: { in: [...sids] } },
    include: { further: true },
  });
  return new Map(rows.map((row) => [row.mediaSid, listed(row)]));
}

/**
 * The proposals about one attachment, one of each kind.
 *
 * @param tx has locked the row of the media, if what it reads has to stay true
 */
export async function proposalsOf(
  tx: Pick<Transaction, 'proposal'>,
  mediaSid: string,
): Promise<Proposal[]> {
  return (await readProposals(tx, [mediaSid])).get(mediaSid) ?? [];
}

/** @param tx has locked the row of the media; the caller commits it */
export async function replaceProposals(
  tx: Transaction,
  mediaSid: string,
  proposals: readonly Proposal[],
): Promise<void> {
  await tx.proposal.deleteMany({ where: { mediaSid } });
  const [first, ...further] = proposals.toSorted(byOrder);
  if (first === undefined) return;
  await tx.proposal.create({ data: first });
  if (further.length > 0) await tx.furtherProposal.createMany({ data: further });
}

export function kindOf({ act }: Pick<Proposal, 'act'>): ActKind {
  return actOf(act).act;
}

function listed({ further, ...first }: WithFurther): Proposal[] {
  // The release before replaces the first by one of another kind, and does not know the others.
  const others = further.filter((other) => kindOf(other) !== kindOf(first));
  return [first, ...others].toSorted(byOrder);
}

function byOrder(one: Proposal, other: Proposal): number {
  return ORDER.indexOf(kindOf(one)) - ORDER.indexOf(kindOf(other));
}
