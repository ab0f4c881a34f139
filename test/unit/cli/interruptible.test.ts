import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';

const MODULE = new URL('../../../src/cli/interruptible.ts', import.meta.url);
// Says when it works, when it was told to stop, and at its end, which takes as long as `stopMs`.
const program = (stopMs: number) => `
  import { once } from 'node:events';
  import { setTimeout } from 'node:timers/promises';
  import { interruptible } from '${MODULE}';
  const alive = setInterval(() => undefined, 1000);
  await interruptible(async (signal) => {
    console.log('working');
    await once(signal, 'abort');
    console.log('stopping');
    await setTimeout(${stopMs});
  });
  clearInterval(alive);
  console.log('stopped');
  await setTimeout(100);
  console.log('ended');`;

let child: ChildProcess;
afterEach(() => child.kill('SIGKILL'));

/** Sends it a signal when its output has a word for the first time. */
async function run(stopMs: number, signalAt: Record<string, () => void>) {
  child = spawn(process.execPath, ['--input-type=module', '--eval', program(stopMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    for (const [word, act] of Object.entries(signalAt)) {
      if (!output.includes(word)) continue;
      delete signalAt[word];
      act();
    }
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, words: output.trim().split('\n') };
}

test('a Ctrl-C that arrives twice, of the terminal and of a launcher, is one', async () => {
  const interrupt = () => void child.kill('SIGINT');
  const end = await run(10, { working: interrupt, stopping: interrupt, stopped: interrupt });
  expect(end).toEqual({
    code: 0,
    signal: null,
    words: ['working', 'stopping', 'stopped', 'ended'],
  });
});

test('a second one ends it at once', async () => {
  const interrupt = () => void child.kill('SIGINT');
  const later = () => void setTimeout(interrupt, 1500);
  const end = await run(60_000, { working: interrupt, stopping: later });
  expect(end).toEqual({ code: 130, signal: null, words: ['working', 'stopping'] });
});
