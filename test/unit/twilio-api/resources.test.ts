import { expect, test } from 'vitest';
import { mediaResource, messageResource, rfc2822 } from '../../../src/twilio-api/resources.ts';
import { type MediaRow, mediaRow, messageRow } from '../../support/twilio-api-rows.ts';

test.each([
  ['2009-07-17T01:52:49.000Z', 'Fri, 17 Jul 2009 01:52:49 +0000'],
  ['2013-04-26T05:41:35.000Z', 'Fri, 26 Apr 2013 05:41:35 +0000'],
  ['2015-08-16T15:53:54.999Z', 'Sun, 16 Aug 2015 15:53:54 +0000'],
  ['2026-02-01T00:00:00.000Z', 'Sun, 01 Feb 2026 00:00:00 +0000'],
  ['2026-01-31T23:59:59.000-05:00', 'Sun, 01 Feb 2026 04:59:59 +0000'],
])('%s is written as %s', (time, text) => {
  expect(rfc2822(new Date(time))).toBe(text);
});

test('the JSON example of the page, property by property and in its order', () => {
  const row = mediaRow({ receivedAt: new Date('2013-04-26T05:41:35Z') });
  // As the page has it, but for /Message/ and for the two message sids that the page mixes up.
  const example = `{
    "sid": "ME557ce644e5ab84fa21cc21112e22c485",
    "account_sid": "ACda6f1e11047ebd6fe7a55f120be3a900",
    "parent_sid": "MM8dfedb55c129dd4d6bd1f59af9d11080",
    "content_type": "image/jpeg",
    "date_created": "Fri, 26 Apr 2013 05:41:35 +0000",
    "date_updated": "Fri, 26 Apr 2013 05:41:35 +0000",
    "uri": "/2010-04-01/Accounts/ACda6f1e11047ebd6fe7a55f120be3a900/Messages/MM8dfedb55c129dd4d6bd1f59af9d11080/Media/ME557ce644e5ab84fa21cc21112e22c485.json"
}`;
  expect(JSON.stringify(mediaResource(row, 'json'), null, 4)).toBe(
    JSON.stringify(JSON.parse(example), null, 4),
  );
});

test.each<[Partial<MediaRow>, string]>([
  [{}, 'image/jpeg'],
  [{ contentType: 'image/png', declaredContentType: 'image/jpeg' }, 'image/png'],
  [{ contentType: null, declaredContentType: 'video/mp4' }, 'video/mp4'],
  [{ contentType: null, declaredContentType: null }, 'application/octet-stream'],
])('of a media with %j the type is %s', (row, type) => {
  expect(mediaResource(mediaRow(row), 'json').content_type).toBe(type);
});

test('a media is created when its message came, and updated when its bytes were stored', () => {
  const storedAt = new Date('2015-08-16T15:53:55Z');
  const row = mediaRow({ receivedAt: new Date('2015-08-16T15:53:54Z'), storedAt });
  expect(mediaResource(row, 'xml')).toMatchObject({
    date_created: 'Sun, 16 Aug 2015 15:53:54 +0000',
    date_updated: 'Sun, 16 Aug 2015 15:53:55 +0000',
    uri: expect.stringMatching(/\.xml$/),
  });
});

test('a message has the properties that Twilio gives one, and no others', () => {
  const resource = messageResource({ ...messageRow({ body: 'Hi' }), numMedia: 2 }, 'json');
  const path = '/2010-04-01/Accounts/ACda6f1e11047ebd6fe7a55f120be3a900/Messages';
  expect(resource).toEqual({
    sid: 'MM8dfedb55c129dd4d6bd1f59af9d11080',
    account_sid: 'ACda6f1e11047ebd6fe7a55f120be3a900',
    api_version: '2010-04-01',
    body: 'Hi',
    date_created: 'Fri, 17 Jul 2009 01:52:49 +0000',
    date_sent: 'Fri, 17 Jul 2009 01:52:49 +0000',
    date_updated: 'Fri, 17 Jul 2009 01:52:49 +0000',
    direction: 'inbound',
    error_code: null,
    error_message: null,
    from: '+14155550123',
    messaging_service_sid: null,
    num_media: '2',
    num_segments: '1',
    price: null,
    price_unit: null,
    status: 'received',
    subresource_uris: { media: `${path}/MM8dfedb55c129dd4d6bd1f59af9d11080/Media.json` },
    to: '+14155550100',
    uri: `${path}/MM8dfedb55c129dd4d6bd1f59af9d11080.json`,
  });
});

test('what the webhook told of a message is passed on; what is not text is not', () => {
  const told = (params: unknown) =>
    messageResource({ ...messageRow({ params: params as object }), numMedia: 0 }, 'json');
  expect(
    told({ NumSegments: '3', MessagingServiceSid: 'MG1', ApiVersion: '2010-04-01' }),
  ).toMatchObject({ num_segments: '3', messaging_service_sid: 'MG1', num_media: '0' });
  for (const params of [null, [], 'text', 7, { NumSegments: 3, MessagingServiceSid: ['MG1'] }]) {
    expect(told(params)).toMatchObject({ num_segments: '1', messaging_service_sid: null });
  }
});
