/**
 * Cuts a page out of its rows and, where there is one, the first of the next page: read one row more
 * than is shown to know whether there is a next page.
 *
 * @returns `last` is what the next page comes after; undefined on the last page
 */
export function cutPage<R>(rows: readonly R[], size: number): { page: R[]; last: R | undefined } {
  const page = rows.slice(0, size);
  return { page, last: rows.length > size ? page.at(-1) : undefined };
}
