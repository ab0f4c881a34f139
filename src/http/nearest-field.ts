import leven from 'leven';
import { z } from 'zod';

/** Edits between a misspelt name and the field that was meant, at most. */
const MAX_EDITS = 3;

/**
 * The known field whose name is nearest to an unknown one.
 *
 * @param path of the object with the unknown field, from the schema's root
 * @returns undefined when no name is near
 */
export function nearestField(
  schema: z.ZodType,
  path: readonly PropertyKey[],
  unknown: string,
): string | undefined {
  const near = fieldsOf(schema, path)
    .map((field) => ({ field, edits: editsBetween(unknown, field) }))
    .filter(({ field, edits }) => edits <= Math.min(MAX_EDITS, field.length / 2))
    .toSorted((a, b) => a.edits - b.edits);
  return near[0]?.field;
}

/** None between names that differ only in case, hyphens or underscores: `received_after`. */
function editsBetween(one: string, other: string): number {
  const plain = (name: string) => name.slice(0, 100).replaceAll(/[-_]/g, '').toLowerCase();
  return leven(plain(one), plain(other), { maxDistance: MAX_EDITS + 1 });
}

/** The names of an object's fields; none for a schema of something else. */
function fieldsOf(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const inner = objectOf(schema);
  if (inner === undefined) return [];
  const [first, ...rest] = path;
  if (first === undefined) return Object.keys(inner.shape);
  const field = inner.shape[String(first)];
  return field === undefined ? [] : fieldsOf(field, rest);
}

/** The object schema inside optional, defaulted and transformed ones. */
function objectOf(schema: z.core.$ZodType): z.ZodObject | undefined {
  if (schema instanceof z.ZodObject) return schema;
  if (schema instanceof z.ZodPipe) return objectOf(schema.in);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault
  ) {
    return objectOf(schema.unwrap());
  }
  return undefined;
}
