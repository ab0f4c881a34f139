import { expect, test } from 'vitest';
import { firstPage, nextPage } from '../../../src/reconciliation/message-page.ts';
import { TwilioError } from '../../../src/twilio/twilio-error.ts';

const AC = `AC${'1'.repeat(32)}`;
const LIST = `/2010-04-01/Accounts/${AC}/Messages.json`;

test('the first page asks as Twilio’s own libraries do', () => {
  const since = new Date('2026-11-01T10:00:00.123Z');
  const until = new Date('2026-11-02');
  expect(firstPage(AC, { since, until: null, to: null })).toBe(
    `${LIST}?PageSize=100&DateSent%3E=2026-11-01T10%3A00%3A00Z`,
  );
  expect(firstPage(AC, { since, until, to: '+15557654321' })).toBe(
    `${LIST}?PageSize=100&DateSent%3E=2026-11-01T10%3A00%3A00Z` +
      '&DateSent%3C=2026-11-02T00%3A00%3A00Z&To=%2B15557654321',
  );
});

test('another page of the same list is followed', () => {
  const uri = `${LIST}?PageSize=100&DateSent%3E=2026-11-01&Page=1&PageToken=PAMM0`;
  expect(nextPage(AC, uri)).toBe(uri);
});

test.each([
  'https://evil.example/2010-04-01/',
  `https://api.twilio.com${LIST}?Page=1`,
  '//evil.example/x',
  `@evil.example${LIST}?Page=1`,
  `.evil.example${LIST}?Page=1`,
  LIST,
  `/2010-04-01/Accounts/AC${'2'.repeat(32)}/Messages.json?Page=1`,
  `/2010-04-01/Accounts/${AC}/Calls.json?Page=1`,
  `${LIST}/../Calls.json?Page=1`,
  `${LIST}?Page=1#x`,
  `${LIST}?Page=1\\x`,
  `${LIST}?Page=1 x`,
  `${LIST}?Page=1\r\nHost: evil.example`,
])('no credentials go to %j', (uri) => {
  expect(() => nextPage(AC, uri)).toThrow(TwilioError);
});
