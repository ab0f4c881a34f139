import { isSupported, REQUIREMENT } from './node-version.js';

// The npm scripts run this first: a Node without type stripping fails with ERR_UNKNOWN_FILE_EXTENSION before
// any TypeScript runs.
if (!isSupported(process.versions.node)) {
  console.error(REQUIREMENT);
  process.exit(1);
}
