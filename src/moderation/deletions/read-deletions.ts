import { z } from 'zod';
import type { Database } from '../../database/database.ts';
import { type ScanSelection, scanPage, toPage } from '../../database/scan-rows.ts';
import { AppError } from '../../errors/app-error.ts';
import { type Deletion, Prisma } from '../../generated/prisma/client.ts';
import { pageLimit, reasonFields, rowNumber } from '../../http/fields.ts';
import { mediaSid, messageSid } from '../../twilio/address-fields.ts';
import {
  DELETION_STATES,
  type DeletionItem,
  type DeletionState,
  type DeletionTargetItem,
  deletionItems,
  targetItem,
} from './deletion-item.ts';
import { DELETION_SCOPES } from './record-deletion.ts';
import { IS_OPEN, isStuck, NEWEST_DELETION_FIRST } from './stuck-deletions.ts';

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
export async function readDeletion(
  database: Database,
  id: bigint,
): Promise<DeletionItem & { open: DeletionTargetItem[] }> {
  const items = await deletionItems(database, [await findDeletion(database, id)]);
  const open = await database.prisma.deletionTarget.findMany({
    where: { deletionId: id, isOpen: true },
    orderBy: { sid: 'asc' },
    take: MAX_OPEN,
  });
  return { ...(items[0] as DeletionItem), open: open.map(targetItem) };
}

/** One page of deletions, newest first. */
export async function listDeletions(
  database: Database,
  { state, limit, cursor }: DeletionListQuery,
): Promise<{ items: DeletionItem[]; nextCursor: string | null }> {
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
): Promise<{ items: DeletionTargetItem[]; nextCursor: string | null }> {
  await findDeletion(database, id);
  const rows = await database.prisma.deletionTarget.findMany({
    where: { deletionId: id, ...(cursor === undefined ? {} : { sid: { gt: cursor } }) },
    orderBy: { sid: 'asc' },
    take: limit + 1,
  });
  const { page, last } = toPage(rows, limit);
  return { items: page.map(targetItem), nextCursor: last?.sid ?? null };
}

const CURSOR = 'the nextCursor of an earlier answer';
const limit = pageLimit(200, 50);

const flag = z.enum(['true', 'false'], { error: 'true or false' }).default('false');

/** Query of `DELETE /api/v1/media/{sid}`. */
export const deleteQuery = z.strictObject({
  scope: z.enum(DELETION_SCOPES, { error: `one of ${DELETION_SCOPES.join(', ')}` }).default('one'),
  message: flag,
  dryRun: flag,
  ...reasonFields,
});

/** Path parameters of all routes of one deletion. */
export const deletionPathParams = z.object({
  id: rowNumber('the id of a deletion'),
});

/** Query of `GET /api/v1/deletions`. */
export const deletionListQuery = z.strictObject({
  state: z.enum(DELETION_STATES, { error: `one of ${DELETION_STATES.join(', ')}` }).optional(),
  limit,
  cursor: rowNumber(CURSOR).optional(),
});

/** Query of `GET /api/v1/deletions/{id}/targets`. */
export const targetListQuery = z.strictObject({
  limit,
  cursor: z.union([mediaSid, messageSid], { error: CURSOR }).optional(),
});

type DeletionListQuery = z.output<typeof deletionListQuery>;
type TargetListQuery = z.output<typeof targetListQuery>;
