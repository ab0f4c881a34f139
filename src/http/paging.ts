import type { Request, Response } from 'express';
import { z } from 'zod';
import { baseUrlOf } from './api-headers.ts';

// One way of paging: a list answers `items` and `nextCursor`, and takes that as `cursor`.

/** One page of a list. */
export interface Page<T> {
  items: T[];
  /** Null at the end. */
  nextCursor: string | null;
}

/** One page of a list that can be read in both directions. */
export interface TwoWayPage<T> extends Page<T> {
  /** Null when it is known that nothing precedes. */
  previousCursor: string | null;
}

/** The schema of a page of a list. */
function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({
    items: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .describe('`cursor` of the next page, with the same parameters; null at the end.'),
  });
}

/** The answer of an operation that `sendPage` sends. */
export function pageAnswer<T extends z.ZodType>(item: T) {
  return {
    description: 'One page.',
    body: pageOf(item),
    headers: { Link: 'The URL of the next page, with `rel="next"`; none at the end.' },
  };
}

/** The same of a list that can be read in both directions. */
export function twoWayPageAnswer<T extends z.ZodType>(item: T) {
  return {
    description: 'One page.',
    body: pageOf(item).extend({
      previousCursor: z
        .string()
        .nullable()
        .describe(
          '`cursor` of the page before, also of what has arrived since; null when nothing precedes.',
        ),
    }),
    headers: {
      Link: 'The URLs of the next page and of the one before: `rel="next"`, `rel="prev"`.',
    },
  };
}

/** Answers one page, with those around it in `Link` (RFC 8288). */
export function sendPage<P extends Page<unknown> & { previousCursor?: string | null }>(
  request: Request,
  response: Response<P>,
  page: P,
): void {
  const { nextCursor, previousCursor = null } = page;
  for (const [rel, cursor] of Object.entries({ next: nextCursor, prev: previousCursor })) {
    if (cursor === null) continue;
    const url = new URL(baseUrlOf(response) + request.originalUrl);
    url.searchParams.set('cursor', cursor);
    response.links({ [rel]: url.href });
  }
  response.json(page);
}

/** The `limit` parameter of a list, items per page: a whole number from 1 to `max`. */
export function pageLimit(max: number, defaultLimit: number) {
  const message = `a whole number from 1 to ${max}`;
  return z
    .string()
    .regex(new RegExp(`^\\d{1,${String(max).length}}$`), message)
    .transform(Number)
    .pipe(z.number().min(1, message).max(max, message))
    .default(defaultLimit)
    .meta({
      description: 'Items per page.',
      override: ({ jsonSchema }: { jsonSchema: Record<string, unknown> }) => {
        delete jsonSchema.pattern;
        Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: max });
      },
    });
}

export const NOT_A_CURSOR = 'is not the nextCursor of an earlier answer';

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
    context.addIssue({ code: 'custom', message: NOT_A_CURSOR });
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
