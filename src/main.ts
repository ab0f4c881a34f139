import { enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

// `npm start`. What was compiled once is read back at the next start, which so takes two thirds of the
// processor time. Where the folder cannot be written everything is compiled again.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/mms-inbox', import.meta.url)));
// What sockets bring lies outside V8's heap, 64 KiB a buffer, and only a collection of garbage frees
// it. A young generation that stays small is collected often, at less than a millisecond; one that
// grows lets so many buffers pile up that V8 goes through the whole heap instead.
setFlagsFromString('--semi-space-growth-factor=1');
await import('./serve.ts');
// Else it would be written at the end only, and never by a process that is killed.
flushCompileCache();
