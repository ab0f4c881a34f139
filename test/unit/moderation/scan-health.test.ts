import { expect, test } from 'vitest';
import { createScanHealth } from '../../../src/moderation/scan/scan-health.ts';

test('after three failures in a row one asks every 15 seconds, until it answers', () => {
  let now = 1000;
  const health = createScanHealth(() => now);
  expect(health.failed('down')).toBe(true);
  expect(health.failed('down')).toBe(false);
  expect(health.mayAsk()).toBe(true);
  health.failed('down');
  expect(health.mayAsk()).toBe(false);
  now += 14_999;
  expect(health.mayAsk()).toBe(false);
  now += 1;
  expect([health.mayAsk(), health.mayAsk()]).toEqual([true, false]);
  health.failed('still down');
  expect(health.mayAsk()).toBe(false);
  now += 15_000;
  expect(health.mayAsk()).toBe(true);
  health.answered();
  expect([health.mayAsk(), health.mayAsk()]).toEqual([true, true]);
});

test('it is degraded from the first failure to the next answer, and says why', async () => {
  const health = createScanHealth();
  expect(await health.check()).toBeUndefined();
  health.failed('it answered 500');
  expect(await health.check()).toBe('the classifier of SCAN_URL fails: it answered 500');
  health.answered();
  expect(await health.check()).toBeUndefined();
});
