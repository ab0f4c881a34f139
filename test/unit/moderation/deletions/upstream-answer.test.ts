import { expect, test } from 'vitest';
import { readAnswer } from '../../../../src/moderation/deletions/upstream-targets.ts';

const body = (code: number, status = 400) =>
  JSON.stringify({ code, message: 'words', more_info: `https://twilio.com/${code}`, status });

test.each([
  ['deleted', 204, ''],
  ['not found', 404, body(20404, 404)],
  ['not found, said by somebody else', 404, '<html>'],
])('%s is done', (_name, status, text) => {
  expect(readAnswer(status, '', text)).toEqual({ done: true });
});

test.each([
  [400, body(20009), { reason: 'Twilio answered 400, code 20009', failure: 'too-early' }],
  [409, `{"status": 409, "code" : 20009}`, { failure: 'too-early' }],
  [401, body(20003, 401), { reason: 'Twilio answered 401, code 20003', failure: 'refused' }],
  [403, '', { failure: 'refused' }],
  [500, '', { reason: 'Twilio answered 500', failure: 'outage', retryAfterSeconds: 0 }],
  [503, '<html>code: 20009</html>', { reason: 'Twilio answered 503', failure: 'outage' }],
  [200, '{}', { reason: 'Twilio answered 200' }],
  [307, '', { reason: 'Twilio answered 307' }],
])('%i %s is not done, and says why', (status, text, expected) => {
  expect(readAnswer(status, '', text)).toMatchObject({ done: false, ...expected });
});

test.each([
  ['7', 7],
  ['', 0],
  ['soon', 0],
  ['-5', 0],
  ['999999999', 86_400],
])('Retry-After: %s is %i seconds', (retryAfter, retryAfterSeconds) => {
  expect(readAnswer(429, retryAfter, body(20429, 429))).toEqual({
    done: false,
    reason: 'Twilio answered 429, code 20429',
    failure: 'outage',
    retryAfterSeconds,
  });
});
