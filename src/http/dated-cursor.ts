import { z } from 'zod';
import { NOT_A_CURSOR } from './paging.ts';

// Cursors of lists that are ordered by `createdAt` and then `id`, newest first.

/** The last row of a page: the next page starts after it. `id` is a UUID. */
interface DatedPosition {
  createdAt: Date;
  id: string;
}

// Thirteen digits of milliseconds: the database driver accepts only years of four digits.
const CURSOR = /^(\d{1,13})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export function encodeDatedCursor({ createdAt, id }: DatedPosition): string {
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
export function isOlder({ createdAt, id }: DatedPosition) {
  return {
    createdAt: { lte: createdAt },
    OR: [{ createdAt: { lt: createdAt } }, { id: { lt: id } }],
  };
}
