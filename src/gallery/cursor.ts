import { z } from 'zod';
import type { ListOrder } from '../database/message-order.ts';
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

// What a cursor holds reaches the database as it is, and anybody can write one.
const position = [z.int().min(0), messageSidSchema, z.int32().min(0)] as const;
const parts = z.union([z.tuple(position), z.tuple([...position, z.literal('oldest')])]);

/** Writes a position as an opaque text. */
export function encodeCursor(
  { receivedAt, messageSid, index }: Position,
  order: ListOrder,
): string {
  const written = [receivedAt.getTime(), messageSid, index];
  const json = JSON.stringify(order === 'newest' ? written : [...written, order]);
  return Buffer.from(json).toString('base64url');
}

/** A `cursor` parameter: refuses what `encodeCursor` did not write. */
export const cursorField = z.string().transform((text, context): Cursor => {
  try {
    const json: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    const [time, messageSid, index, order = 'newest'] = parts.parse(json);
    const receivedAt = new Date(time);
    receivedAt.toISOString();
    return { receivedAt, messageSid, index, order };
  } catch {
    const message = 'is not the nextCursor of an earlier answer';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
});
