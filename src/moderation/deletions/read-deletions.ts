import type { Database } from '../../database/database.ts';
import { type ScanSelection, scanPage, toPage } from '../../database/scan-rows.ts';
import { AppError } from '../../errors/app-error.ts';
import { type Deletion, type DeletionTarget, Prisma } from '../../generated/prisma/client.ts';
import type { Page } from '../../http/paging.ts';
import type {
  DeletionItem,
  DeletionListQuery,
  DeletionPart,
  DeletionRecord,
  DeletionState,
  DeletionTargetItem,
  TargetListQuery,
} from './deletion-schemas.ts';
import { IS_OPEN, isStuck, NEWEST_DELETION_FIRST } from './stuck-deletions.ts';

/** One attachment or message of a deletion, as the API returns it. */
function targetItem(target: DeletionTarget): DeletionTargetItem {
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
async function deletionItems(
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

interface TargetCount extends Pick<DeletionTarget, 'deletionId' | DeletionPart> {
  count: number;
}

/**
 * Grouped by the states of all three parts together, of which few combinations exist. Triggers keep the counts
 * (ADR 0047), so a deletion of many targets takes no longer than one of few.
 */
function countTargets(prisma: Database['prisma'], ids: bigint[]): Promise<TargetCount[]> {
  // One look at the index for each: of a long page the whole table would be scanned otherwise.
  return prisma.$queryRaw<TargetCount[]>`
    SELECT deletion.id AS "deletionId", counted.*
    FROM unnest(${ids}::bigint[]) AS deletion (id)
    CROSS JOIN LATERAL (
      SELECT local, previews, upstream, sum(targets)::int AS count FROM deletion_target_count
      WHERE deletion_id = deletion.id GROUP BY 1, 2, 3 HAVING sum(targets) <> 0
    ) AS counted`;
}

function countsOf(groups: readonly TargetCount[]) {
  const byState = (part: DeletionPart) => {
    const counts: DeletionItem[DeletionPart] = {};
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

/** Open targets returned with the deletion itself; `listTargets` returns all targets. */
const MAX_OPEN = 100;

/** @throws AppError `not_found` */
export async function findDeletion(database: Database, id: bigint): Promise<Deletion> {
  const deletion = await database.prisma.deletion.findUnique({ where: { id } });
  if (deletion === null) throw new AppError('not_found', 'There is no deletion with this id.');
  return deletion;
}

/**
 * One deletion, with the first of its targets that are not done.
 *
 * @throws AppError `not_found`
 */
export async function readDeletion(database: Database, id: bigint): Promise<DeletionRecord> {
  // Before the deletion: the last target may be done between the two reads, and an open deletion names what it
  // waits for.
  const open = await database.prisma.deletionTarget.findMany({
    where: { deletionId: id, isOpen: true },
    orderBy: { sid: 'asc' },
    take: MAX_OPEN,
  });
  const deletion = await findDeletion(database, id);
  const items = await deletionItems(database, [deletion]);
  return {
    ...(items[0] as DeletionItem),
    open: deletion.completedAt === null ? open.map(targetItem) : [],
  };
}

/** One page of deletions, newest first. */
export async function listDeletions(
  database: Database,
  { state, limit, cursor }: DeletionListQuery,
): Promise<Page<DeletionItem>> {
  const { prisma } = database;
  const after = cursor === undefined ? undefined : { id: cursor };
  const { page, last } = await scanPage(
    prisma,
    NEWEST_DELETION_FIRST,
    inState(state),
    after,
    limit,
  );
  const rows = await prisma.deletion.findMany({
    where: { id: { in: page.map(({ id }) => id) } },
    orderBy: { id: 'desc' },
  });
  return {
    items: await deletionItems(database, rows),
    nextCursor: last === undefined ? null : String(last.id),
  };
}

/** A stuck deletion is open, too. */
function inState(state: DeletionState | undefined): ScanSelection {
  const all = Prisma.sql`true`;
  if (state === 'stuck') return { ranges: [IS_OPEN], filter: isStuck() };
  if (state === 'open') return { ranges: [IS_OPEN], filter: all };
  return { ranges: [all], filter: state === undefined ? all : Prisma.sql`NOT (${IS_OPEN})` };
}

/**
 * One page of a deletion's targets, in the order of their sids.
 *
 * @throws AppError `not_found`
 */
export async function listTargets(
  database: Database,
  id: bigint,
  { limit, cursor }: TargetListQuery,
): Promise<Page<DeletionTargetItem>> {
  await findDeletion(database, id);
  const rows = await database.prisma.deletionTarget.findMany({
    where: { deletionId: id, ...(cursor === undefined ? {} : { sid: { gt: cursor } }) },
    orderBy: { sid: 'asc' },
    take: limit + 1,
  });
  const { page, last } = toPage(rows, limit);
  return { items: page.map(targetItem), nextCursor: last?.sid ?? null };
}
