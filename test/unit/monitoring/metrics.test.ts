import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMetrics } from '../../../src/monitoring/metrics.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

test('a read that hangs is not begun again by each scrape, and its gauge has no value until it is over', async () => {
  const { registry, gauge, gaugeBy } = createMetrics();
  const one = vi.fn(() => hanging.promise);
  const many = vi.fn(async () => [[{ kind: 'a' }, await hanging.promise]] as const);
  const hanging = Promise.withResolvers<number>();
  gauge('one', 'a number', one);
  gaugeBy(['kind'], 'many', 'numbers', many);
  const scrape = async () => {
    const text = registry.metrics();
    await vi.advanceTimersByTimeAsync(2000);
    return (await text).split('\n').filter((line) => /^(one|many)\b/.test(line));
  };

  for (let n = 0; n < 3; n += 1) expect(await scrape()).toEqual(['one Nan']);
  expect([one.mock.calls.length, many.mock.calls.length]).toEqual([1, 1]);
  hanging.resolve(7);
  expect(await scrape()).toEqual(['one 7', 'many{kind="a"} 7']);
  await scrape();
  expect([one.mock.calls.length, many.mock.calls.length]).toEqual([2, 2]);
});

test('a read that fails is no value, and is tried again', async () => {
  const { registry, gauge } = createMetrics();
  const read = vi.fn().mockRejectedValueOnce(new Error('the database is away')).mockReturnValue(3);
  gauge('one', 'a number', read);
  expect(await registry.getSingleMetricAsString('one')).toMatch(/^one Nan$/m);
  await vi.advanceTimersByTimeAsync(0);
  expect(await registry.getSingleMetricAsString('one')).toMatch(/^one 3$/m);
});
