import { describe, expect, test } from 'vitest';
import {
  type FailedTry,
  nextAttempt,
  nextBriefAttempt,
  nextDiskRetry,
} from '../../../src/media/retry-schedule.ts';

const DAY_MS = 86_400_000;
const now = new Date('2026-01-31T10:00:00Z');

/** Seconds from now to the next attempt, of a media that was first tried just now. */
function wait(attempts: number, random: number, also: Partial<FailedTry> = {}): number | null {
  const failed = { attempts, now, firstTriedAt: now, retryAfterSeconds: 0, isUnauthorized: false };
  const next = nextAttempt({ ...failed, ...also }, DAY_MS, random);
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
    [5000, 3600],
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
])(
  'with Retry-After of %i seconds the first retry comes after %d',
  (retryAfterSeconds, seconds) => {
    expect(wait(1, 0, { retryAfterSeconds })).toBeCloseTo(seconds, 2);
  },
);

test('Retry-After does not shorten the back-off', () => {
  expect(wait(8, 0.5, { retryAfterSeconds: 10 })).toBeCloseTo(128, 2);
});

test('refused credentials are tried every few minutes at the most', () => {
  expect(wait(1, 0.5, { isUnauthorized: true })).toBeCloseTo(300, 2);
  expect(wait(1, 0, { isUnauthorized: true })).toBeCloseTo(150, 2);
  expect(wait(13, 0.5, { isUnauthorized: true })).toBeCloseTo(3600, 2);
});

const ago = (hours: number) => ({ firstTriedAt: new Date(now.getTime() - hours * 3_600_000) });

test('the last try is a day after the first, and then it is given up', () => {
  expect(wait(20, 0.5, ago(22))).toBeCloseTo(3600, 2);
  expect(wait(20, 0.5, ago(23.9))).toBeCloseTo(360, 2);
  expect(wait(20, 0.5, { ...ago(23.9), retryAfterSeconds: 5000 })).toBeCloseTo(360, 2);
  expect(wait(20, 0.5, ago(24))).toBeNull();
  expect(wait(8, 0.5, ago(30))).toBeNull();
});

test('a clock that is set ahead does not end it before there were a few tries', () => {
  expect(wait(1, 0.5, ago(30))).toBeCloseTo(1, 2);
  expect(wait(7, 0.5, ago(1000))).toBeCloseTo(64, 2);
  expect(wait(1, 0.5, { ...ago(30), retryAfterSeconds: 60 })).toBeNull();
});

test('a time of less than an hour is taken at its word', () => {
  const failed = {
    attempts: 1,
    now,
    firstTriedAt: now,
    retryAfterSeconds: 0,
    isUnauthorized: false,
  };
  expect(nextAttempt(failed, 0, 0.5)).toBeNull();
});

test('a clock that was turned back gives more time, not none', () => {
  expect(wait(1, 0.5, ago(-5))).toBeCloseTo(1, 2);
});

test('without a given chance the jitter is still within bounds', () => {
  for (let n = 0; n < 100; n += 1) {
    const seconds = wait(3, Math.random()) ?? 0;
    expect(seconds).toBeGreaterThanOrEqual(2);
    expect(seconds).toBeLessThanOrEqual(6);
  }
});

test.each([
  [0, 5],
  [50, 5],
  [300, 30],
  [86_400, 60],
  [-3600, 5],
])('trouble of this machine, for %i seconds, is looked at again after %i', (waited, seconds) => {
  const receivedAt = new Date(now.getTime() - waited * 1000);
  const pause = (random: number) =>
    (nextDiskRetry(receivedAt, now, random).getTime() - +now) / 1000;
  expect([pause(0), pause(0.5), pause(1)]).toEqual([seconds / 2, seconds, seconds * 1.5]);
});

test.each([
  // Attempts, seconds since the first, whether the last one ended alike; seconds to the next.
  [1, 0, false, 1],
  [3, 3, true, 4],
  [6, 20, true, 10],
  [7, 28, true, 2],
  [7, 30, true, null],
  // After other trouble it is tried once more.
  [9, 4000, false, 10],
  [10, 4010, true, null],
])('a useless answer: attempt %i after %i s, alike %s: %s', (attempts, since, isRepeated, next) => {
  const firstTriedAt = new Date(now.getTime() - since * 1000);
  const again = nextBriefAttempt({ attempts, firstTriedAt, now, isRepeated }, DAY_MS, 0.5);
  expect(again === null ? null : (again.getTime() - now.getTime()) / 1000).toBe(next);
});
