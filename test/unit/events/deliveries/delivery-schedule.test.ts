import { expect, test } from 'vitest';
import {
  DEFAULT_RETRY_SECONDS,
  nextDelivery,
} from '../../../../src/events/deliveries/delivery-schedule.ts';

const now = new Date('2026-11-24T12:00:00Z');
const secondsTo = (next: Date | null) => (next === null ? null : (+next - +now) / 1000);

test.each([
  { failures: 1, retryAfterSeconds: 0, random: 0, seconds: 5 },
  { failures: 2, retryAfterSeconds: 0, random: 0, seconds: 300 },
  { failures: 2, retryAfterSeconds: 0, random: 1, seconds: 330 },
  { failures: 3, retryAfterSeconds: 0, random: 0, seconds: 1800 },
  { failures: 7, retryAfterSeconds: 0, random: 0, seconds: 28_800 },
  { failures: 1, retryAfterSeconds: 60, random: 0, seconds: 60 },
  { failures: 3, retryAfterSeconds: 60, random: 0, seconds: 1800 },
  { failures: 8, retryAfterSeconds: 0, random: 0, seconds: null },
  { failures: 8, retryAfterSeconds: 60, random: 0, seconds: null },
])('after $failures failures, asked for $retryAfterSeconds s: $seconds s', (given) => {
  const next = nextDelivery({ ...given, now }, DEFAULT_RETRY_SECONDS, given.random);
  expect(secondsTo(next)).toBe(given.seconds);
});

test('the whole schedule is about a day', () => {
  const hours = DEFAULT_RETRY_SECONDS.reduce((sum, seconds) => sum + seconds, 0) / 3600;
  expect(hours).toBeGreaterThan(23);
  expect(hours).toBeLessThan(25);
});
