import { expect, test } from 'vitest';
import { nextAttempt } from '../../../src/transcripts/transcribe-job.ts';

const now = new Date('2026-11-29T10:00:00Z');
const seconds = (
  kind: 'outage' | 'refused' | 'file',
  attempts: number,
  retryAfterSeconds = 0,
): number | null => {
  const next = nextAttempt({ kind, retryAfterSeconds }, attempts, now);
  return next && (next.getTime() - now.getTime()) / 1000;
};

test('pauses double up to an hour, and an outage ends', () => {
  expect([1, 2, 3, 10, 11, 47].map((attempts) => seconds('outage', attempts))).toEqual([
    5, 10, 20, 2560, 3600, 3600,
  ]);
  expect(seconds('outage', 48)).toBeNull();
});

test('a refusal is tried until it is mended, a file that is at fault not again', () => {
  expect(seconds('refused', 10_000)).toBe(3600);
  expect(seconds('file', 1)).toBeNull();
});

test('a pause is never shorter than the server asks for', () => {
  expect(seconds('outage', 1, 120)).toBe(120);
  expect(seconds('outage', 11, 120)).toBe(3600);
});
