import { z } from 'zod';
import { LIST_ORDERS, type ListOrder } from '../database/message-order.ts';
import { encodeOpaqueCursor, opaqueCursor } from '../http/paging.ts';
import { messageSid as messageSidSchema } from '../twilio/address-fields.ts';

/** A row at an end of a page: the page after it, or the one before, begins there. */
interface Position {
  receivedAt: Date;
  messageSid: string;
  /** Index of the media item within its message; 0 in lists of messages. */
  index: number;
}

/** A parsed cursor: valid only for a list in the same order. */
export interface Cursor extends Position {
  order: ListOrder;
  /** Which page it is of: the one that ends before this row, or the one that starts after it. */
  page: 'previous' | 'next';
}

const position = [z.int().min(0).max(8.64e15), messageSidSchema, z.int32().min(0)] as const;

/** The `cursor` parameter of a list of media or messages. */
export const cursorField = opaqueCursor(
  z
    .union([
      z.tuple(position),
      z.tuple([...position, z.literal('oldest')]),
      z.tuple([...position, z.enum(LIST_ORDERS), z.literal('previous')]),
    ])
    .transform(([time, messageSid, index, order = 'newest', page]): Cursor => {
      return { receivedAt: new Date(time), messageSid, index, order, page: page ?? 'next' };
    }),
);

/** Encodes a position as an opaque string. */
export function encodeCursor(
  { receivedAt, messageSid, index }: Position,
  order: ListOrder,
  page: Cursor['page'] = 'next',
): string {
  const written = [receivedAt.getTime(), messageSid, index];
  if (page === 'previous') return encodeOpaqueCursor([...written, order, page]);
  return encodeOpaqueCursor(order === 'newest' ? written : [...written, order]);
}

/**
 * The cursors around one page of a list.
 *
 * @param rows the positions of the page as they were scanned: from the cursor outwards
 * @param hasMore whether the scan would go on
 * @param towards the page that was scanned: its rows go backwards for `previous`
 */
export function cursorsAround(
  rows: readonly Position[],
  hasMore: boolean,
  order: ListOrder,
  towards: Cursor['page'] = 'next',
): { nextCursor: string | null; previousCursor: string | null } {
  const [near, far] = [rows[0], rows.at(-1)];
  const [first, last] = towards === 'next' ? [near, hasMore && far] : [hasMore && far, near];
  return {
    nextCursor: last ? encodeCursor(last, order) : null,
    previousCursor: first ? encodeCursor(first, order, 'previous') : null,
  };
}
