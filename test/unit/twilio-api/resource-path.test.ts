import { expect, test } from 'vitest';
import { errorFormat, parseResourcePath } from '../../../src/twilio-api/resource-path.ts';

const accountSid = 'ACda6f1e11047ebd6fe7a55f120be3a900';
const messageSid = 'MM8dfedb55c129dd4d6bd1f59af9d11080';
const mediaSid = 'ME557ce644e5ab84fa21cc21112e22c485';
const account = `/2010-04-01/Accounts/${accountSid}`;

const resources = [
  ['/Messages', { kind: 'messages' }],
  [`/Messages/${messageSid}`, { kind: 'message', messageSid }],
  [`/Messages/${messageSid}/Media`, { kind: 'media-list', messageSid }],
  [`/Messages/${messageSid}/Media/${mediaSid}`, { kind: 'media', messageSid, mediaSid }],
  [`/Message/${messageSid}/Media/${mediaSid}`, { kind: 'media', messageSid, mediaSid }],
  [`/Message/${messageSid}/Media`, { kind: 'media-list', messageSid }],
] as const;

test.each(resources)('%s is read, with each extension', (path, expected) => {
  for (const [extension, format] of [
    ['', 'default'],
    ['.json', 'json'],
    ['.xml', 'xml'],
  ]) {
    expect(parseResourcePath(account + path + extension)).toEqual({
      accountSid,
      format,
      ...expected,
    });
  }
});

test('a message may be an SM, and hexadecimal digits of either case', () => {
  const sms = messageSid.replace('MM', 'SM').replaceAll('d', 'D');
  expect(parseResourcePath(`${account}/Messages/${sms}.json`)).toMatchObject({ messageSid: sms });
});

test.each([
  '',
  '/',
  '/2010-04-01',
  '/2008-08-01/Accounts',
  `${account}`,
  `${account}.json`,
  `${account}/Calls.json`,
  `${account}/messages.json`,
  `${account}/Messagess.json`,
  `${account}/Messages/`,
  `${account}/Messages.`,
  `${account}/Messages.csv`,
  `${account}/Messages.json/`,
  `${account}/Messages.json\n`,
  `${account}/Messages.json.xml`,
  `${account}/Messages/${messageSid}0`,
  `${account}/Messages/${messageSid.slice(0, -1)}`,
  `${account}/Messages/${mediaSid}`,
  `${account}/Messages/${messageSid}%00`,
  `${account}/Messages/${messageSid}%2FMedia`,
  `${account}/Messages/${messageSid}\0.json`,
  `${account}/Messages//Media`,
  `${account}/Messages/${messageSid}/Media/`,
  `${account}/Messages/${messageSid}/Media/${messageSid}`,
  `${account}/Messages/${messageSid}/Media/${mediaSid}/extra`,
  `${account}/Messages/${messageSid}/Medias`,
  `${account}/Messages/${messageSid}/Media.json?Page=0`,
  `/x${account}/Messages`,
  `/2010-04-01/Accounts/${messageSid}/Messages`,
  `/2010-04-01/accounts/${accountSid}/Messages`,
])('%j names nothing', (path) => {
  expect(parseResourcePath(path)).toBeNull();
});

test.each([
  ['/x.json', 'json'],
  ['/x.xml', 'xml'],
  ['/x', 'xml'],
  ['/x.csv', 'xml'],
  ['/x.json/', 'xml'],
])('an error at %s is written as %s', (path, format) => {
  expect(errorFormat(path)).toBe(format);
});
