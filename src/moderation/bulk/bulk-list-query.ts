import { z } from 'zod';
import type { BulkAct } from '../../generated/prisma/client.ts';
import { pageLimit } from '../../http/page-limit.ts';

/** The last act of a page: what the next page comes after. */
export type BulkPosition = Pick<BulkAct, 'createdAt' | 'id'>;

// Milliseconds of thirteen digits: the database driver takes years of four.
const CURSOR = /^(\d{1,13})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export function bulkCursor({ createdAt, id }: BulkPosition): string {
  return `${createdAt.getTime()}_${id}`;
}

/** Query of `GET /api/v1/bulk`. */
export const bulkListQuery = z.strictObject({
  limit: pageLimit(200, 50),
  cursor: z
    .string()
    .regex(CURSOR, 'is not the nextCursor of an earlier answer')
    .transform((text): BulkPosition => {
      const [, time, id = ''] = CURSOR.exec(text) ?? [];
      return { createdAt: new Date(Number(time)), id };
    })
    .optional(),
});

export type BulkListQuery = z.output<typeof bulkListQuery>;
