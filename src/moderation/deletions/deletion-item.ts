import { type Deletion, type DeletionTarget, Prisma } from '../../generated/prisma/client.ts';
import type { Database } from '../../storage/database.ts';
import { isStuck } from './stuck-deletions.ts';

/** `stuck` is open, and does not come to its end by itself. */
export const DELETION_STATES = ['open', 'completed', 'stuck'] as const;

export type DeletionState = (typeof DELETION_STATES)[number];

type Part = 'local' | 'previews' | 'upstream';

/** A deletion as the API tells it: how many of its targets are how far. */
export interface DeletionItem
  extends Omit<Deletion, 'id'>,
    Record<Part, Partial<Record<string, number>>> {
  id: string;
  state: DeletionState;
  /** Media and messages. */
  targets: number;
}

/** One media or message of a deletion, as the API tells it. */
export type DeletionTargetItem = ReturnType<typeof targetItem>;

export function targetItem(target: DeletionTarget) {
  const { sid, messageSid, sha256, local, previews, upstream, attempts } = target;
  return {
    sid,
    kind: sid === messageSid ? 'message' : 'media',
    ...{ messageSid, sha256, local, previews, upstream, attempts },
    reason: target.localReason ?? target.reason,
    nextTryAt: target.localNextTryAt ?? target.nextTryAt,
  };
}

/** Counts the targets of deletions, and tells which are stuck. */
export async function deletionItems(
  { prisma }: Database,
  deletions: readonly Deletion[],
): Promise<DeletionItem[]> {
  const ids = deletions.map(({ id }) => id);
  const stuck = await prisma.deletion.findMany({
    where: { AND: [{ id: { in: ids } }, isStuck()] },
    select: { id: true },
  });
  const stuckIds = new Set(stuck.map(({ id }) => id));
  const counts = await countTargets(prisma, ids);
  return deletions.map(({ id, ...deletion }) => ({
    ...{ id: String(id), ...deletion },
    state: deletion.completedAt !== null ? 'completed' : stuckIds.has(id) ? 'stuck' : 'open',
    ...countsOf(counts.filter(({ deletionId }) => deletionId === id)),
  }));
}

interface TargetCount extends Pick<DeletionTarget, 'deletionId' | Part> {
  count: number;
}

/** By all three parts together, of which few combinations exist. */
function countTargets(prisma: Database['prisma'], ids: bigint[]): Promise<TargetCount[]> {
  return prisma.$queryRaw<TargetCount[]>(Prisma.sql`
    SELECT deletion_id AS "deletionId", local, previews, upstream, count(*)::int AS count
    FROM deletion_target WHERE deletion_id = ANY(${ids}) GROUP BY 1, 2, 3, 4`);
}

function countsOf(groups: readonly TargetCount[]) {
  const byState = (part: Part) => {
    const counts: Record<string, number> = {};
    for (const group of groups) counts[group[part]] = (counts[group[part]] ?? 0) + group.count;
    return counts;
  };
  return {
    targets: groups.reduce((total, { count }) => total + count, 0),
    ...{ local: byState('local'), previews: byState('previews'), upstream: byState('upstream') },
  };
}
