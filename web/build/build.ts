import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT_PAGE, ROOT } from '../../src/lifecycle/project-files.ts';
import { buildPage } from './build-page.ts';
import { isStale } from './is-stale.ts';

// `npm run build` builds the page. With `--if-stale`, as `npm start` and `npm run demo` run it, only when it is missing or
// older than its sources; a failure is no reason not to start then, because messages have to be received.

const isOptional = process.argv.includes('--if-stale');
try {
  if (!isOptional || isNeeded()) {
    // Not on stdout, which is the log of the server.
    console.error('Building the page (web/)…');
    await buildPage();
  }
} catch (error) {
  console.error(`The page could not be built: ${(error as Error).message}`);
  if (isOptional) console.error('Everything else works without it. GALLERY=off: no page at all.');
  else process.exitCode = 1;
}

function isNeeded(): boolean {
  // An image has the built page, and no sources.
  return existsSync(join(ROOT, 'web/index.html')) && isStale(ROOT, BUILT_PAGE);
}
