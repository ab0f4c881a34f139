import { enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// `npm start`. What was compiled once is read back at the next start, which so takes two thirds of the
// processor time. Where the folder cannot be written everything is compiled again.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/mms-inbox', import.meta.url)));
await import('./serve.ts');
// Else it would be written at the end only, and never by a process that is killed.
flushCompileCache();
