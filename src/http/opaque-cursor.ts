import { z } from 'zod';

/** Encodes the end position of a page as an opaque string: JSON in base64url. */
export function encodeOpaqueCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * A `cursor` parameter. Callers can forge one, and its content reaches the database: anything that
 * `encodeOpaqueCursor` does not write is refused.
 *
 * @param position schema of the content of this list's cursors
 */
export function opaqueCursor<T extends z.ZodType>(position: T) {
  return z.string().transform((text, context): z.output<T> => {
    const parsed = position.safeParse(readJson(text));
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: 'is not the nextCursor of an earlier answer' });
    return z.NEVER;
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
