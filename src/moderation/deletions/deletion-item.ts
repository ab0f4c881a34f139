import type { Database } from '../../database/database.ts';
import { type ScanOrder, scanRows } from '../../database/scan-rows.ts';
import { type Deletion, type DeletionTarget, Prisma } from '../../generated/prisma/client.ts';
import { IS_OPEN, isStuck } from './stuck-deletions.ts';

/** `stuck` is open, and will not complete by itself. */
export const DELETION_STATES = ['open', 'completed', 'stuck'] as const;

export type DeletionState = (typeof DELETION_STATES)[number];

type Part = 'local' | 'previews' | 'upstream';

/** A deletion as the API returns it, with the number of its targets in each state. */
export interface DeletionItem
  extends Omit<Deletion, 'id'>,
    Record<Part, Partial<Record<string, number>>> {
  id: string;
  state: DeletionState;
  /** Media and messages. */
  targets: number;
}

/** One attachment or message of a deletion, as the API returns it. */
export type DeletionTargetItem = ReturnType<typeof targetItem>;

export function targetItem(target: DeletionTarget) {
  const { sid, kind, messageSid, sha256, local, previews, upstream, attempts } = target;
  return {
    sid,
    kind,
    messageSid,
    sha256,
    local,
    previews,
    upstream,
    attempts,
    reason: target.localReason ?? target.reason,
    nextTryAt: target.localNextAttemptAt ?? target.nextAttemptAt,
  };
}

/** Counts the targets of deletions, and determines which deletions are stuck. */
export async function deletionItems(
  { prisma }: Database,
  deletions: readonly Deletion[],
): Promise<DeletionItem[]> {
  const ids = deletions.map(({ id }) => id);
  const stuck = await prisma.$queryRaw<{ id: bigint }[]>`
    SELECT id FROM deletion WHERE id = ANY(${ids}) AND ${IS_OPEN} AND ${isStuck()}`;
  const stuckIds = new Set(stuck.map(({ id }) => id));
  const counts = await countTargets(prisma, ids);
  return deletions.map(({ id, ...deletion }) => ({
    id: String(id),
    ...deletion,
    state: deletion.completedAt !== null ? 'completed' : stuckIds.has(id) ? 'stuck' : 'open',
    ...countsOf(counts.filter(({ deletionId }) => deletionId === id)),
  }));
}

interface TargetCount extends Pick<DeletionTarget, 'deletionId' | Part> {
  count: number;
}

/** Most deletions have fewer targets; those of larger ones are counted in batches, by `countMany`. */
const MAX_AT_ONCE = 20;

/** Grouped by the states of all three parts together, of which few combinations exist. */
async function countTargets(prisma: Database['prisma'], ids: bigint[]): Promise<TargetCount[]> {
  const counts = await prisma.$queryRaw<TargetCount[]>`
    SELECT id AS "deletionId", local, previews, upstream, count(*)::int AS count
    FROM unnest(${ids}::bigint[]) AS deletion (id)
    CROSS JOIN LATERAL (
      SELECT local, previews, upstream FROM deletion_target WHERE deletion_id = deletion.id
      ORDER BY sid LIMIT ${MAX_AT_ONCE}
    ) AS target
    GROUP BY 1, 2, 3, 4`;
  const totals = Map.groupBy(counts, ({ deletionId }) => deletionId);
  const large = [...totals].flatMap(([id, groups]) =>
    groups.reduce((total, { count }) => total + count, 0) < MAX_AT_ONCE ? [] : [id],
  );
  const exact = counts.filter(({ deletionId }) => !large.includes(deletionId));
  for (const id of large) exact.push(...(await countMany(prisma, id)));
  return exact;
}

const TARGETS: ScanOrder<Pick<DeletionTarget, 'sid' | Part>, Pick<DeletionTarget, 'sid'>> = {
  table: Prisma.sql`deletion_target`,
  columns: { sid: 'sid', local: 'local', previews: 'previews', upstream: 'upstream' },
  orderBy: Prisma.sql`sid`,
  after: ({ sid }) => Prisma.sql`sid > ${sid}`,
};

async function countMany(prisma: Database['prisma'], deletionId: bigint): Promise<TargetCount[]> {
  const counts = new Map<string, TargetCount>();
  const ofDeletion = {
    ranges: [Prisma.sql`deletion_id = ${deletionId}`],
    filter: Prisma.sql`true`,
  };
  for await (const targets of scanRows(prisma, TARGETS, ofDeletion)) {
    for (const { local, previews, upstream } of targets) {
      const key = [local, previews, upstream].join();
      const known = counts.get(key) ?? { deletionId, local, previews, upstream, count: 0 };
      counts.set(key, { ...known, count: known.count + 1 });
    }
  }
  return [...counts.values()];
}

function countsOf(groups: readonly TargetCount[]) {
  const byState = (part: Part) => {
    const counts: Record<string, number> = {};
    for (const group of groups) counts[group[part]] = (counts[group[part]] ?? 0) + group.count;
    return counts;
  };
  return {
    targets: groups.reduce((total, { count }) => total + count, 0),
    local: byState('local'),
    previews: byState('previews'),
    upstream: byState('upstream'),
  };
}
