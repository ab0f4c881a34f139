import type { UpstreamAnswer } from './upstream-answer.ts';

const MINUTE = 60;
const HOUR = 3600;
// Twilio wants more than a minute after arrival [error 20009], rarely up to 14 days.
const WAITING_LONG_SECONDS = HOUR;
const LONG_PAUSE_SECONDS = 15 * MINUTE;
const LONGEST_PAUSE_SECONDS = 6 * HOUR;
// Wrong credentials are mended by a person.
const LEAST_REFUSED_SECONDS = 5 * MINUTE;

/**
 * When to ask Twilio again to delete something. "Too early" is asked at a steady pace, a minute and
 * after an hour a quarter of an hour; for all else pauses double from a minute up to six hours. Never
 * before Twilio allows it, with up to a quarter more as jitter, and for ever: what was promised to be
 * deleted is not given up.
 *
 * @param tries so far, at least 1
 * @param waitedSeconds since it was to be deleted
 * @param random from 0 to 1
 * @returns seconds from now
 */
export function upstreamPause(
  { trouble, retryAfterSeconds }: Extract<UpstreamAnswer, { done: false }>,
  tries: number,
  waitedSeconds: number,
  random = Math.random(),
): number {
  const steady = waitedSeconds < WAITING_LONG_SECONDS ? MINUTE : LONG_PAUSE_SECONDS;
  const doubled = Math.min(MINUTE * 2 ** Math.min(tries - 1, 16), LONGEST_PAUSE_SECONDS);
  const least = trouble === 'refused' ? LEAST_REFUSED_SECONDS : 0;
  const pause = trouble === 'too-early' ? steady : Math.max(doubled, least);
  return Math.max(pause, retryAfterSeconds) * (1 + random / 4);
}
