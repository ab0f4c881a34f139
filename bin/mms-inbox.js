#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSupported, REQUIREMENT } from './node-version.js';

// `mms-inbox` starts the server, and everything else is a command of src/cli. This is the only place that says which Node
// runs them, and with which settings that have to be there before Node starts.

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2);

const node = isSupported(process.versions.node) ? process.execPath : pinnedNode();
if (node === undefined) fail(REQUIREMENT);
const command = nodeArguments(args);
const env = {
  ...process.env,
  // glibc keeps less free memory (docs/operations/capacity.md, "Sizing").
  MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX ?? '2',
  MALLOC_TRIM_THRESHOLD_: process.env.MALLOC_TRIM_THRESHOLD_ ?? '1048576',
  // As in src/lifecycle/project-files.ts; also for the modules before the one that reads that.
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(ROOT, 'node_modules/.cache/mms-inbox'),
};
// Replaces this process, so that a supervisor's signals reach the server. Node before 22.15 and Windows cannot.
if (node === process.execPath && process.execve !== undefined && process.platform !== 'win32') {
  // With the options that this one was given: of memory, for example.
  process.execve(node, [node, ...process.execArgv, ...command], env);
}
runAsChild();

/** The entry and its arguments: the sources in a clone, what they were compiled to in a package. */
function nodeArguments([name, ...rest]) {
  const isClone = existsSync(join(ROOT, 'src/main.ts'));
  const entry = (module) => join(ROOT, isClone ? `src/${module}.ts` : `dist/${module}.js`);
  // The demo has settings of its own.
  const settings = name !== 'demo' && existsSync('.env') ? ['--env-file=.env'] : [];
  return name === undefined
    ? [...settings, entry('main')]
    : [...settings, entry('cli'), name, ...rest];
}

/** Node 24 as npm has installed it beside mms-inbox: package.json has it as an optional dependency. */
function pinnedNode() {
  try {
    const name = `node-${process.platform}-${process.arch}/bin/node`;
    return createRequire(import.meta.url).resolve(name);
  } catch {
    return undefined;
  }
}

function runAsChild() {
  const child = spawn(node, command, { env, stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']) {
    process.on(signal, () => child.kill(signal));
  }
  // It is for another C library, for example.
  child.on('error', () => fail(REQUIREMENT));
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
  });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
