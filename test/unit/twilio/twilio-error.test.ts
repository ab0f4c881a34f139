import { expect, test } from 'vitest';
import { statusError } from '../../../src/twilio/twilio-error.ts';

const AC = `AC${'1'.repeat(32)}`;

test.each([
  [401, 'refused'],
  [403, 'refused'],
  [404, 'absent'],
  [429, 'outage'],
  [500, 'outage'],
  [503, 'outage'],
  [302, 'rejected'],
  [400, 'rejected'],
  [204, 'rejected'],
])('%i is %s', (status, kind) => {
  const error = statusError(status, AC, 7);
  expect(error).toMatchObject({ kind, retryAfterSeconds: kind === 'outage' ? 7 : 0 });
  expect(error?.message).toContain(AC);
});

test('200 is no error', () => {
  expect(statusError(200, AC, undefined)).toBeNull();
});
