import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';

/** Starts `npm run cli -- …` as a process that can be killed. */
export function startCommand(
  command: readonly string[],
  env: Record<string, string>,
): ChildProcess {
  return spawn(process.execPath, ['src/cli.ts', ...command], {
    env: { PATH: process.env.PATH, ...env },
    stdio: 'ignore',
  });
}

/** Waits until a command does what it is killed in. @returns false when it has ended before */
async function begins(child: ChildProcess, hasBegun: () => Promise<boolean>): Promise<boolean> {
  while (child.exitCode === null) {
    if (await hasBegun()) return true;
    await setTimeout(5);
  }
  return false;
}

/** @returns milliseconds from there to its end */
export async function durationOf(
  child: ChildProcess,
  hasBegun: () => Promise<boolean>,
): Promise<number> {
  const exit = once(child, 'exit');
  expect(await begins(child, hasBegun)).toBe(true);
  const begunAt = performance.now();
  expect(await exit).toEqual([0, null]);
  return performance.now() - begunAt;
}

/** Kills a command at a random moment of what takes so long. @returns whether it had not ended before */
export async function killIn(
  milliseconds: number,
  child: ChildProcess,
  hasBegun: () => Promise<boolean>,
): Promise<boolean> {
  const exit = once(child, 'exit');
  await begins(child, hasBegun);
  // Not a guess of how long something takes: a kill may come at any moment.
  await Promise.race([setTimeout(milliseconds * Math.random()), exit]);
  const isRunning = child.exitCode === null;
  child.kill('SIGKILL');
  await exit;
  return isRunning;
}
