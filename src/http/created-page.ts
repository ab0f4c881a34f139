import { z } from 'zod';
import { toPage } from '../database/scan-rows.ts';
import { encodeOpaqueCursor, opaqueCursor, type Page } from './paging.ts';

// Pages of tables that are too small to need an index, in the order in which their rows were created.

interface Place {
  createdAt: Date;
  id: string;
}

const ORDER = [{ createdAt: 'asc' }, { id: 'asc' }] as const;

/**
 * The `cursor` parameter of a list that `createdPage` reads.
 *
 * @param id schema of the ids of the rows
 */
export function createdCursor(id: z.ZodType<string>) {
  return opaqueCursor(
    z
      // The largest time that a Date may have.
      .tuple([z.int().min(0).max(8.64e15), id])
      .transform(([time, id]): Place => ({ createdAt: new Date(time), id })),
  );
}

/**
 * Reads one page, oldest first.
 *
 * @param find runs `findMany` with these arguments
 */
export async function createdPage<Row extends Place>(
  { limit, cursor }: { limit: number; cursor?: Place | undefined },
  find: (select: {
    where: { OR?: ({ createdAt: { gt: Date } } | { createdAt: Date; id: { gt: string } })[] };
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }];
    take: number;
  }) => Promise<Row[]>,
): Promise<Page<Row>> {
  const after =
    cursor === undefined
      ? {}
      : {
          OR: [
            { createdAt: { gt: cursor.createdAt } },
            { createdAt: cursor.createdAt, id: { gt: cursor.id } },
          ],
        };
  return toCreatedPage(await find({ where: after, orderBy: [...ORDER], take: limit + 1 }), limit);
}

/** One page of rows in this order, of which one more was read. */
export function toCreatedPage<Row extends Place>(rows: Row[], limit: number): Page<Row> {
  const { page, last } = toPage(rows, limit);
  return {
    items: page,
    nextCursor: last === undefined ? null : encodeOpaqueCursor([last.createdAt.getTime(), last.id]),
  };
}
