import { z } from 'zod';
import type { ListOrder } from '../database/message-order.ts';
import { encodeOpaqueCursor, opaqueCursor } from '../http/paging.ts';
import { messageSid as messageSidSchema } from '../twilio/address-fields.ts';

/** The last row of a page; the next page continues after it. */
interface Position {
  receivedAt: Date;
  messageSid: string;
  /** Index of the media item within its message; 0 in lists of messages. */
  index: number;
}

/** A parsed cursor: valid only for a list in the same order. */
export interface Cursor extends Position {
  order: ListOrder;
}

const position = [z.int().min(0).max(8.64e15), messageSidSchema, z.int32().min(0)] as const;

/** The `cursor` parameter of a list of media or messages. */
export const cursorField = opaqueCursor(
  z
    .union([z.tuple(position), z.tuple([...position, z.literal('oldest')])])
    .transform(([time, messageSid, index, order]): Cursor => {
      return { receivedAt: new Date(time), messageSid, index, order: order ?? 'newest' };
    }),
);

/** Encodes a position as an opaque string. */
export function encodeCursor(
  { receivedAt, messageSid, index }: Position,
  order: ListOrder,
): string {
  const written = [receivedAt.getTime(), messageSid, index];
  return encodeOpaqueCursor(order === 'newest' ? written : [...written, order]);
}
