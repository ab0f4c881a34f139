import { z } from 'zod';
import type { ListOrder } from '../database/message-order.ts';
import { encodeOpaqueCursor, opaqueCursor } from '../http/opaque-cursor.ts';
import { messageSid as messageSidSchema } from '../twilio/address-fields.ts';

/** The last row of a page: what the next page comes after. */
interface Position {
  receivedAt: Date;
  messageSid: string;
  /** Of the media within its message; 0 in lists of messages. */
  index: number;
}

/** A cursor as it is read: it continues a list of this order alone. */
export interface Cursor extends Position {
  order: ListOrder;
}

const position = [z.int().min(0).max(8.64e15), messageSidSchema, z.int32().min(0)] as const;

/** A `cursor` parameter of a list of media or messages. */
export const cursorField = opaqueCursor(
  z
    .union([z.tuple(position), z.tuple([...position, z.literal('oldest')])])
    .transform(([time, messageSid, index, order]): Cursor => {
      return { receivedAt: new Date(time), messageSid, index, order: order ?? 'newest' };
    }),
);

/** Writes a position as an opaque text. */
export function encodeCursor(
  { receivedAt, messageSid, index }: Position,
  order: ListOrder,
): string {
  const written = [receivedAt.getTime(), messageSid, index];
  return encodeOpaqueCursor(order === 'newest' ? written : [...written, order]);
}
