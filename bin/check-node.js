import { existsSync } from 'node:fs';
import { isSupported, REQUIREMENT } from './node-version.js';

// The npm scripts run this first: before any TypeScript runs, a Node without type stripping fails with
// ERR_UNKNOWN_FILE_EXTENSION, and a clone without its packages with ERR_MODULE_NOT_FOUND.
if (!existsSync(new URL('../node_modules', import.meta.url))) {
  console.error(
    'The packages are not installed: run `npm ci` first, or `npm ci --omit=dev` to run it only.',
  );
  process.exit(1);
}
if (!isSupported(process.versions.node)) {
  console.error(REQUIREMENT);
  process.exit(1);
}
