import { expect, test } from 'vitest';
import { upstreamPause } from '../../../../src/moderation/deletions/try-upstream.ts';

const answer = (failure: 'too-early' | 'refused' | 'outage', retryAfterSeconds = 0) =>
  ({ done: false, failure, reason: 'words', retryAfterSeconds }) as const;

test.each([
  ['too early is steady', 'too-early', 1, 0, 60],
  ['however often it was tried', 'too-early', 40, 3500, 60],
  ['slower after an hour', 'too-early', 60, 3600, 900],
  ['for as long as Twilio needs', 'too-early', 1300, 14 * 86_400, 900],
  ['an outage backs off', 'outage', 1, 0, 60],
  ['by doubling', 'outage', 4, 0, 480],
  ['up to six hours, and for ever', 'outage', 4000, 20 * 86_400, 21_600],
  ['refused credentials are not asked every minute', 'refused', 1, 0, 300],
  ['but back off as well', 'refused', 5, 0, 960],
] as const)('%s', (_name, failure, tries, waited, seconds) => {
  expect(upstreamPause(answer(failure), tries, waited, 0)).toBe(seconds);
  expect(upstreamPause(answer(failure), tries, waited, 1)).toBe(seconds * 1.25);
});

test.each(['too-early', 'refused', 'outage'] as const)('%s: Retry-After is honoured', (failure) => {
  expect(upstreamPause(answer(failure, 7200), 1, 0, 0)).toBe(7200);
  expect(upstreamPause(answer(failure, 3), 1, 0, 0)).toBeGreaterThanOrEqual(60);
});
