import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What the page is built from, folders among them: one that loses a file has another time. */
const SOURCES = ['web', 'web/**', 'package-lock.json', 'src/client/api-types.d.ts'];

/**
 * Whether the built page is missing, or older than its sources.
 *
 * @param root of the project
 * @param built the folder of the built page
 */
export function isStale(root: string, built: string): boolean {
  const page = statSync(join(built, 'index.html'), { throwIfNoEntry: false });
  if (page === undefined) return true;
  return globSync(SOURCES, { cwd: root }).some(
    (name) => statSync(join(root, name)).mtimeMs > page.mtimeMs,
  );
}
