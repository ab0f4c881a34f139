import { BUILT_PAGE, ROOT } from '../../src/lifecycle/project-files.ts';
import { buildPage } from '../../web/build/build-page.ts';
import { isStale } from '../../web/build/is-stale.ts';

/** Builds the page once, before all tests, as `npm start` does. */
export async function setup(): Promise<void> {
  if (isStale(ROOT, BUILT_PAGE)) await buildPage();
}
