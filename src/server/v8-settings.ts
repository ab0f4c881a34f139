import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

// How V8 works in a process that runs the inbox. Imported first; what is compiled by then is not cached.

// What was compiled once is read back at the next start, which so takes half to two thirds of the
// processor time. Where the folder cannot be written everything is compiled again.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/mms-inbox', import.meta.url)));

export const V8_FLAGS = [
  // What sockets bring lies outside V8's heap, 64 KiB a buffer, and only a collection of garbage frees
  // it. A young generation that stays small is collected often, at less than a millisecond; one that
  // grows lets so many buffers pile up that V8 goes through the whole heap instead.
  '--semi-space-growth-factor=1',
  // WebAssembly stays as the baseline compiler makes it (measured: docs/adr/0001-one-sql-dialect.md).
  // To optimise one function of the embedded database takes seconds of the processor and 600 MB.
  '--no-wasm-tier-up',
  '--no-wasm-dynamic-tiering',
];
for (const flag of V8_FLAGS) setFlagsFromString(flag);
