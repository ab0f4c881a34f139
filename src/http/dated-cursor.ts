import { z } from 'zod';
import { toPage } from '../database/scan-rows.ts';
import { NOT_A_CURSOR, type Page } from './paging.ts';

// Pages and cursors of lists that are ordered by `createdAt` and then `id`, newest first.

/** The last row of a page: the next page starts after it. `id` is a UUID. */
interface DatedPosition {
  createdAt: Date;
  id: string;
}

// Thirteen digits of milliseconds: the database driver accepts only years of four digits.
const CURSOR = /^(\d{1,13})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

function encodeDatedCursor({ createdAt, id }: DatedPosition): string {
  return `${createdAt.getTime()}_${id}`;
}

/** The `cursor` parameter of such a list. */
export const datedCursor = z
  .string()
  .regex(CURSOR, NOT_A_CURSOR)
  .transform((text): DatedPosition => {
    const [, time, id = ''] = CURSOR.exec(text) ?? [];
    return { createdAt: new Date(Number(time)), id };
  })
  .meta({ override: { type: 'string' } });

/** The condition for rows after a position. */
// The first condition is implied by the second, but the index can seek to it.
function isOlder({ createdAt, id }: DatedPosition) {
  return {
    createdAt: { lte: createdAt },
    OR: [{ createdAt: { lt: createdAt } }, { id: { lt: id } }],
  };
}

/**
 * Reads one page, newest first.
 *
 * @param find runs `findMany` with these arguments, and further conditions
 */
export async function datedPage<Row extends DatedPosition>(
  { limit, cursor }: { limit: number; cursor?: DatedPosition | undefined },
  find: (select: {
    where: Partial<ReturnType<typeof isOlder>>;
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }];
    take: number;
  }) => Promise<Row[]>,
): Promise<Page<Row>> {
  const rows = await find({
    where: cursor === undefined ? {} : isOlder(cursor),
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
  const { page, last } = toPage(rows, limit);
  return { items: page, nextCursor: last === undefined ? null : encodeDatedCursor(last) };
}
