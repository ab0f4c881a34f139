import { z } from 'zod';
import { messageSid as messageSidSchema } from '../http/sid-schema.ts';

/** The last row of a page: what the next page comes after. */
export interface Position {
  receivedAt: Date;
  messageSid: string;
  /** Of the media within its message; 0 in lists of messages. */
  index: number;
}

// What a cursor holds reaches the database as it is, and anybody can write one.
const parts = z.tuple([z.int().min(0), messageSidSchema, z.int32().min(0)]);

/** Writes a position as an opaque text. */
export function encodeCursor({ receivedAt, messageSid, index }: Position): string {
  return Buffer.from(JSON.stringify([receivedAt.getTime(), messageSid, index])).toString(
    'base64url',
  );
}

/** A `cursor` parameter: refuses what `encodeCursor` did not write. */
export const cursorField = z.string().transform((text, context): Position => {
  try {
    const json: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    const [time, messageSid, index] = parts.parse(json);
    const receivedAt = new Date(time);
    receivedAt.toISOString();
    return { receivedAt, messageSid, index };
  } catch {
    const message = 'is not the nextCursor of an earlier answer';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
});
