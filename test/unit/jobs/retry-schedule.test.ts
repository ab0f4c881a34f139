import { describe, expect, test } from 'vitest';
import { nextAttempt } from '../../../src/media/retry-schedule.ts';

const now = new Date('2026-01-31T10:00:00Z');

/** Seconds from now to the next attempt. */
function wait(attempts: number, random: number, retryAfter?: number): number | null {
  const next = nextAttempt(attempts, now, retryAfter, random);
  return next === null ? null : (next.getTime() - now.getTime()) / 1000;
}

describe('the back-off doubles from a second to an hour', () => {
  test.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [4, 8],
    [8, 128],
    [12, 2048],
    [13, 3600],
    [14, 3600],
    [34, 3600],
  ])('after attempt %i it is %i seconds, half to one and a half times', (attempts, seconds) => {
    expect(wait(attempts, 0)).toBeCloseTo(seconds * 0.5, 2);
    expect(wait(attempts, 0.5)).toBeCloseTo(seconds, 2);
    expect(wait(attempts, 1)).toBeCloseTo(seconds * 1.5, 2);
  });
});

test('three tries of a 404 right after the webhook are over within seven seconds at the most', () => {
  expect((wait(1, 1) ?? 0) + (wait(2, 1) ?? 0)).toBeLessThanOrEqual(7);
});

test.each([
  [0, 0.5],
  [1, 1],
  [90, 90],
  [86_400, 86_400],
])('with Retry-After of %i seconds the first retry comes after %d', (retryAfter, seconds) => {
  expect(wait(1, 0, retryAfter)).toBeCloseTo(seconds, 2);
});

test('Retry-After does not shorten the back-off', () => {
  expect(wait(8, 0.5, 10)).toBeCloseTo(128, 2);
});

test('after about a day of trying it is given up, not before', () => {
  let hours = 0;
  let attempts = 1;
  for (; wait(attempts, 0.5) !== null; attempts += 1) hours += (wait(attempts, 0.5) ?? 0) / 3600;
  expect(hours).toBeGreaterThan(22);
  expect(hours).toBeLessThan(26);
  expect(wait(attempts, 0.5, 60)).toBeNull();
});

test('without a given chance the jitter is still within bounds', () => {
  for (let n = 0; n < 100; n += 1) {
    const next = nextAttempt(3, now);
    const seconds = ((next?.getTime() ?? 0) - now.getTime()) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(2);
    expect(seconds).toBeLessThanOrEqual(6);
  }
});
