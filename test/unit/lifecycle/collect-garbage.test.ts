import { execFile } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { collectWhenIdle } from '../../../src/lifecycle/collect-garbage.ts';

test('free memory of the heap is returned to the system', async () => {
  const module = new URL('../../../src/lifecycle/collect-garbage.ts', import.meta.url).href;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { collectGarbage } from ${JSON.stringify(module)};
    let held = Array.from({ length: 800_000 }, (_, n) => ({ text: 'number ' + n, list: [n] }));
    const before = process.memoryUsage.rss();
    held = undefined;
    collectGarbage();
    console.log(before - process.memoryUsage.rss());`,
  ]);
  expect(Number(stdout)).toBeGreaterThan(60e6);
});

let stop: () => void = () => undefined;
let share = 0;
const collect = vi.fn();
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  vi.spyOn(performance, 'eventLoopUtilization').mockImplementation(() => ({
    idle: 0,
    active: 0,
    utilization: share,
  }));
  collect.mockReset();
  stop = collectWhenIdle(collect);
});
afterEach(() => {
  stop();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function aMinuteAt(utilization: number): number {
  share = utilization;
  vi.advanceTimersByTime(60_000);
  return collect.mock.calls.length;
}

test('it is collected once after the start and once after work', () => {
  expect(aMinuteAt(0.01)).toBe(1);
  expect(aMinuteAt(0.01)).toBe(1);
  expect(aMinuteAt(0.9)).toBe(1);
  expect(aMinuteAt(0.01)).toBe(2);
});

test('never during work, and not after little of it', () => {
  expect(aMinuteAt(0.9)).toBe(0);
  expect(aMinuteAt(0.1)).toBe(0);
  expect(aMinuteAt(0.01)).toBe(1);
  expect(aMinuteAt(0.1)).toBe(1);
  expect(aMinuteAt(0.01)).toBe(1);
});
