import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readInboundMessage } from '../../../src/inbound/inbound-message.ts';
import { messageDetails } from '../../../src/inbound/message-details.ts';
import { readMessageDetails } from '../../../src/inbound/read-message-details.ts';
import { parseForm } from '../../../src/inbound/webhook-request.ts';
import { SAMPLE_DETAILS } from '../../../src/simulator/samples/sample-details.ts';

const SID = `MM${'b2'.repeat(16)}`;

/** The details as they are read after a message was received and stored. */
function detailsOf(params: Record<string, unknown>) {
  const {
    from,
    body,
    params: stored,
  } = readInboundMessage(params, 'https://api.twilio.com', new Date(), 'webhook');
  const details = readMessageDetails({ from, body, params: JSON.parse(JSON.stringify(stored)) });
  return messageDetails.strict().parse(details);
}

test('an SMS has none', () => {
  const params = { From: '+15551234567', Body: 'hello', NumMedia: '0', ReferralNumMedia: '0' };
  expect(detailsOf(params)).toEqual({});
});

test.each<[string, Record<string, unknown>, object]>([
  ['the channel', { From: 'rcs:+15551234567' }, { channel: 'rcs' }],
  ['the sender', { ProfileName: ' Ada ', WaId: '15551234567' }, { profileName: 'Ada' }],
  [
    'a button',
    { ButtonText: 'Yes', ButtonPayload: 'y', ButtonType: 'REPLY' },
    { button: { text: 'Yes', payload: 'y', type: 'REPLY' } },
  ],
  ['a part of a button', { ButtonPayload: 'y' }, { button: { payload: 'y' } }],
  ['a list', { ListId: '1', ListTitle: 'One' }, { listItem: { id: '1', title: 'One' } }],
  ['a flow', { InteractiveData: '{"a":[1,"b"]}' }, { interactiveData: { a: [1, 'b'] } }],
  [
    'a location of numbers',
    { Latitude: -1.5, Longitude: 0 },
    { location: { latitude: -1.5, longitude: 0, address: null, label: null } },
  ],
  [
    'a named location',
    { Latitude: '+90', Longitude: '-180.0', Address: 'A', Label: ' ' },
    { location: { latitude: 90, longitude: -180, address: 'A', label: null } },
  ],
  [
    'a reply',
    { OriginalRepliedMessageSid: SID, OriginalRepliedMessageSender: 'whatsapp:+15550000001' },
    { reply: { messageSid: SID, sender: 'whatsapp:+15550000001' } },
  ],
  [
    'what was forwarded',
    { Forwarded: 'true', FrequentlyForwarded: 'False' },
    { forwarded: true, frequentlyForwarded: false },
  ],
  ['flags of JSON', { Forwarded: false }, { forwarded: false }],
  [
    'an ad',
    {
      ReferralHeadline: 'Tents',
      ReferralNumMedia: '1',
      ReferralMediaUrl: 'https://cdn.example/a.jpg?b=c',
      ReferralMediaContentType: 'image/jpeg',
    },
    {
      referral: {
        headline: 'Tents',
        mediaCount: 1,
        mediaUrl: 'https://cdn.example/a.jpg?b=c',
        mediaContentType: 'image/jpeg',
      },
    },
  ],
  [
    'a group, in order, each once',
    {
      OtherRecipients10: '+3',
      OtherRecipients2: '+2',
      OtherRecipients0: '+1',
      OtherRecipients1: '+2',
    },
    { otherRecipients: ['+1', '+2', '+3'] },
  ],
  ['an address', { AddressSid: `AD${'a'.repeat(32)}` }, { addressSid: `AD${'a'.repeat(32)}` }],
  [
    'metadata of the channel',
    { ChannelMetadata: '{"type":"whatsapp","data":{"context":{"WaId":"1"}}}' },
    { channelMetadata: { type: 'whatsapp', data: { context: { WaId: '1' } } } },
  ],
  ['metadata in a JSON body', { ChannelMetadata: { a: 1 } }, { channelMetadata: { a: 1 } }],
  ['a value that is repeated', { WaId: ['1', '1'] }, { waId: '1' }],
])('%s', (_, params, details) => {
  expect(detailsOf(params)).toMatchObject(details);
});

describe('without the detail', () => {
  test.each<[string, Record<string, unknown>]>([
    ['nothing', {}],
    ['empty values', { ProfileName: '', WaId: ' ', ButtonText: '', ChannelMetadata: '' }],
    ['nested values', { ProfileName: { a: 1 }, WaId: [['1']], Latitude: {}, Longitude: [] }],
    ['null', { ProfileName: null, Forwarded: null, ChannelMetadata: null }],
    ['repeated values that differ', { ProfileName: ['Ada', 'Eve'], Forwarded: ['true', 'false'] }],
    ['huge values', { ProfileName: 'x'.repeat(60_000), ButtonPayload: 'y'.repeat(60_000) }],
    ['a latitude alone', { Latitude: '1' }],
    ['what is not on earth', { Latitude: '90.0001', Longitude: '0' }],
    ['what is not on earth either', { Latitude: '0', Longitude: '-180.1' }],
    ['no numbers', { Latitude: '1e1', Longitude: 'NaN' }],
    ['numbers of other scripts', { Latitude: '١', Longitude: '0x1' }],
    ['numbers without end', { Latitude: `1.${'0'.repeat(200)}`, Longitude: '1' }],
    ['no flags', { Forwarded: 'yes', FrequentlyForwarded: '1' }],
    ['other sids', { OriginalRepliedMessageSid: 'wamid.abc', AddressSid: 'AD1' }],
    ['scripts', { ReferralSourceUrl: 'javascript:alert(1)', ReferralMediaUrl: 'data:text/html,x' }],
    ['files', { ReferralMediaUrl: 'file:///etc/passwd', ReferralSourceUrl: 'not a url' }],
    ['a long URL', { ReferralMediaUrl: `https://a.example/${'a'.repeat(2048)}` }],
    ['an odd count', { ReferralNumMedia: '-1' }],
    ['broken JSON', { ChannelMetadata: '{"a":', InteractiveData: 'null' }],
    ['JSON of other types', { ChannelMetadata: '[1]', InteractiveData: '"text"' }],
    ['huge JSON', { ChannelMetadata: `{"a":"${'x'.repeat(20_000)}"}` }],
    ['other names', { OtherRecipients: '+1', OtherRecipientsX: '+1', 'OtherRecipients[0]': '+1' }],
    ['long addresses', { OtherRecipients0: '+'.repeat(101) }],
  ])('%s', (_, params) => {
    expect(detailsOf({ From: '+1', ...params })).toEqual({});
  });

  test('NUL, lone surrogates and deep nesting in JSON are replaced', () => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    const ChannelMetadata = `{"a":"\\u0000\\ud800","__proto__":{"b":1},"deep":${deep}}`;
    const { channelMetadata } = detailsOf({ ChannelMetadata });
    expect(channelMetadata).toMatchObject({ a: '\uFFFD\uFFFD' });
    expect(JSON.stringify(channelMetadata)).toContain('nested too deeply');
    expect(({} as { b?: number }).b).toBeUndefined();
  });
});

describe('a text that the carrier encoded', () => {
  const text = 'I am at the station already, the train is late again.';
  const Body = Buffer.from(text).toString('base64');
  const received = (params: Record<string, unknown>) =>
    readInboundMessage(params, 'https://api.twilio.com', new Date(), 'webhook');

  test('is shown decoded, and kept as it came', () => {
    const params = { From: '+15551234567', Body };
    expect(received(params)).toMatchObject({ body: text, params });
    expect(detailsOf(params)).toEqual({ bodyEncoding: 'base64' });
  });

  test.each(['whatsapp:+15551234567', 'rcs:+15551234567'])('not from %s', (From) => {
    expect(received({ From, Body }).body).toBe(Body);
    expect(detailsOf({ From, Body })).not.toHaveProperty('bodyEncoding');
  });

  test('what an older release stored undecoded is not called decoded', () => {
    expect(readMessageDetails({ from: '+1', body: Body, params: { Body } })).toEqual({});
  });

  test('a one-word text stays', () => {
    expect(received({ From: '+1', Body: 'Test' }).body).toBe('Test');
  });
});

test.each(Object.entries(SAMPLE_DETAILS))('the sample %s of the simulator is read', (_, sample) => {
  const { from = '+15551234567', body = '', extra } = sample('+15551234567');
  expect(detailsOf({ From: from, Body: body, ...extra })).not.toEqual({});
});

test('no form, whatever is in it, makes it throw', () => {
  const names = fc.constantFrom(
    ...[
      'From',
      'Body',
      'ProfileName',
      'ButtonText',
      'Latitude',
      'Longitude',
      'Forwarded',
      'ListId',
    ],
    ...['OtherRecipients0', 'ChannelMetadata', 'InteractiveData', 'ReferralMediaUrl', 'AddressSid'],
    ...['OriginalRepliedMessageSid', 'ReferralNumMedia', '__proto__', 'constructor'],
  );
  const value = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.double().map(String));
  fc.assert(
    fc.property(fc.array(fc.tuple(names, value)), (pairs) => {
      detailsOf(parseForm(new URLSearchParams(pairs).toString()));
    }),
  );
  fc.assert(fc.property(fc.dictionary(names, fc.jsonValue()), (params) => void detailsOf(params)));
});
