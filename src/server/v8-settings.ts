import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { WASM_FLAGS } from '../database/embedded/wasm-flags.ts';
import { COMPILE_CACHE_FOLDER } from '../lifecycle/project-files.ts';

// V8 settings of a process that runs the inbox. Has to be imported first: modules compiled before it
// are not cached.

// The compile cache reduces the CPU time of the next start to between half and two thirds. Without
// write access to the folder everything is compiled again.
enableCompileCache(COMPILE_CACHE_FOLDER);

export const V8_FLAGS = [
  // Socket data lies in buffers of 64 KiB outside V8's heap, which only garbage collection frees. A
  // small young generation is collected often, in less than a millisecond each; a growing one lets so
  // many buffers pile up that V8 collects the whole heap instead.
  '--semi-space-growth-factor=1',
  ...WASM_FLAGS,
];
for (const flag of V8_FLAGS) setFlagsFromString(flag);
