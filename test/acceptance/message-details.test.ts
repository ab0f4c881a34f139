import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MessageItem } from '../../src/gallery/item-schemas.ts';
import { SAMPLE_DETAILS } from '../../src/simulator/samples/sample-details.ts';
import { callAs } from '../support/call-as.ts';
import { fixturePath } from '../support/fixtures.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const SHARED = {
  Latitude: '52.516275',
  Longitude: '13.377704',
  Address: 'Pariser Platz, 10117 Berlin',
  Label: 'Brandenburger Tor',
};
const LOCATION = {
  latitude: 52.516275,
  longitude: 13.377704,
  address: SHARED.Address,
  label: SHARED.Label,
};

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

async function message(sid: string): Promise<MessageItem> {
  return (await inbox.api('get', `/api/v1/messages/${sid}`).expect(200)).body;
}

async function picture(seed: number) {
  return [{ bytes: await smallPicture(seed), contentType: 'image/png' }];
}

const expected: Record<string, object> = {
  base64: {
    body: expect.stringMatching(/^This text is longer/),
    details: { bodyEncoding: 'base64' },
  },
  group: { details: { otherRecipients: ['+14155550161', '+14155550162'] } },
  button: {
    body: 'Yes, please',
    details: {
      channel: 'whatsapp',
      messageType: 'interactive',
      profileName: 'Sample Sender',
      waId: '14155550142',
      button: { text: 'Yes, please', payload: 'yes', type: 'REPLY' },
      reply: { messageSid: `MM${'0'.repeat(32)}`, sender: 'whatsapp:+14155550100' },
      channelMetadata: {
        type: 'whatsapp',
        data: { context: { ProfileName: 'Sample Sender', WaId: '14155550142' } },
      },
    },
  },
  list: { details: { listItem: { id: 'monday', title: 'On Monday', description: '9 to 5' } } },
  flow: { details: { interactiveData: { size: 'large', colours: ['red', 'blue'] } } },
  location: { body: '', location: LOCATION, details: { location: LOCATION } },
  forwarded: { details: { forwarded: true, frequentlyForwarded: true } },
  referral: {
    details: {
      referral: {
        body: 'Three colours, two sizes.',
        headline: 'The new tent',
        sourceId: '120210000000000001',
        sourceType: 'ad',
        sourceUrl: 'https://fb.me/sample',
        clickId: 'ARAkLkA8rmlFeiCktEJQ-QTwRiyYHAFDLMNDBH0CD3q',
        mediaCount: 1,
        mediaContentType: 'image/jpeg',
        mediaUrl: 'https://scontent.example/sample.jpg',
      },
    },
    media: [],
  },
  rcs: { from: 'rcs:+14155550142', to: 'rcs:sample_agent', details: { channel: 'rcs' } },
};

test.each(Object.keys(SAMPLE_DETAILS))(
  'what Twilio sends of a %s stands in the message',
  async (name) => {
    const { isWithoutMedia: _, ...sample } = SAMPLE_DETAILS[name]?.('+14155550142') ?? {
      extra: {},
    };
    const { message: sent, answer } = await inbox.receive({ ...sample, attachments: [] });
    expect(answer.status).toBe(200);
    expect(await message(sent.sid)).toMatchObject(expected[name] ?? {});
    const path = `/api/v1/messages?from=${encodeURIComponent(String(sent.params.From))}`;
    const { body } = await inbox.api('get', path).expect(200);
    expect(body.items.find(({ sid }: MessageItem) => sid === sent.sid)).toMatchObject(
      expected[name] ?? {},
    );
  },
);

test('a message without any has empty details', async () => {
  const { message: sent } = await inbox.receive({ attachments: [] });
  expect(await message(sent.sid)).toMatchObject({ location: null, details: {} });
});

test('a sticker is an attachment, and its message says what it is', async () => {
  const attachments = [
    { bytes: await readFile(fixturePath('animated.webp')), contentType: 'image/webp' },
  ];
  const extra = { MessageType: 'sticker' };
  const from = 'whatsapp:+14155550143';
  const { message: sent } = await inbox.receive({ from, attachments, extra });
  await inbox.mediaOf(sent.sid, 'stored');
  expect(await message(sent.sid)).toMatchObject({
    details: { messageType: 'sticker', channel: 'whatsapp' },
    media: [{ contentType: 'image/webp' }],
  });
});

test('an encoded text that is delivered again stays one message, with the same text', async () => {
  const sample = SAMPLE_DETAILS.base64?.('') ?? { extra: {} };
  const { message: sent } = await inbox.receive({ ...sample, attachments: [] });
  const shown = await message(sent.sid);
  const url = `${inbox.url}/twilio/incoming`;
  expect((await inbox.twilio.deliver(sent, { url })).status).toBe(200);
  expect(await message(sent.sid)).toEqual(shown);
});

test('the picture of an ad is never fetched', async () => {
  const extra = {
    ReferralNumMedia: '1',
    ReferralMediaUrl: `${inbox.twilio.apiBaseUrl}/picture-of-an-ad`,
    ReferralMediaContentType: 'image/png',
  };
  const { message: sent } = await inbox.receive({ attachments: await picture(3), extra });
  expect(await inbox.mediaOf(sent.sid, 'stored')).toHaveLength(1);
  expect((await message(sent.sid)).details?.referral?.mediaUrl).toBe(extra.ReferralMediaUrl);
  expect(inbox.twilio.requests.filter(({ path }) => path.includes('picture-of-an-ad'))).toEqual([]);
});

test('viewers see the details of visible messages only, moderators those of all', async () => {
  const extra = { ProfileName: 'Ada', WaId: '14155550144' };
  const { message: sent } = await inbox.receive({ attachments: [], extra });
  const path = `/api/v1/messages/${sent.sid}`;
  const [viewer, moderator] = [await callAs(inbox, 'viewer'), await callAs(inbox, 'moderator')];
  const details = { profileName: 'Ada', waId: '14155550144' };
  expect((await viewer('get', path).expect(200)).body).toMatchObject({ details });
  await moderator('post', `${path}/decision`).send({ decision: 'quarantine' }).expect(200);
  await viewer('get', path).expect(404);
  expect((await viewer('get', '/api/v1/messages').expect(200)).text).not.toContain('14155550144');
  expect((await moderator('get', path).expect(200)).body).toMatchObject({ details });
});

test('a deleted message has no details any more', async () => {
  const extra = { ...SHARED, ProfileName: 'Ada Lovelace' };
  const { message: sent } = await inbox.receive({ attachments: await picture(1), extra });
  const [media] = await inbox.mediaOf(sent.sid, 'stored');
  expect(await message(sent.sid)).toMatchObject({
    location: LOCATION,
    details: { location: LOCATION },
  });
  await inbox.api('delete', `/api/v1/media/${media?.sid}?message=true`).expect(204);
  expect(await message(sent.sid)).toMatchObject({ body: null, location: null, details: null });
});

test('a suspect message has none: its parameters may be forged', async () => {
  const extra = { 'OtherRecipients[0]': '+14155550161', ProfileName: 'Ada' };
  const { message: sent } = await inbox.receive({ attachments: [], extra });
  await inbox.api('get', `/api/v1/messages/${sent.sid}`).expect(404);
  const { body } = await inbox.api('get', '/api/v1/messages').expect(200);
  const suspect = body.items.find((item: MessageItem) => item.params?.MessageSid === sent.sid);
  expect(suspect).toMatchObject({ suspect: 'parameter-name', details: null, location: null });
});

test.each([
  ['a button', { ButtonText: 'Yes, please', ButtonPayload: 'yes' }, 'Yes, please'],
  ['an entry of a list', { ListId: 'monday', ListTitle: 'On Monday' }, 'On Monday'],
])('a tap on %s without text says what stands on it', async (_, extra, text) => {
  const { message: sent } = await inbox.receive({ body: '', attachments: [], extra });
  expect(await message(sent.sid)).toMatchObject({ body: text, location: null });
});

test.each<[string, Record<string, string | string[]>]>([
  ['NUL', { ProfileName: 'A\0da', ChannelMetadata: '{"a":"\\u0000\\ud800"}' }],
  ['a huge name', { ProfileName: 'x'.repeat(30_000) }],
  ['repeated values', { ProfileName: ['Ada', 'Eve'], Latitude: ['1', '2'], Longitude: '3' }],
  ['a hundred recipients', Object.fromEntries(manyRecipients(100))],
  ['odd numbers', { Latitude: '1e999', Longitude: '-0', ReferralNumMedia: '999999999999' }],
  ['nested JSON', { ChannelMetadata: `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}` }],
  ['a prototype', { ChannelMetadata: '{"__proto__":{"a":1},"constructor":{"prototype":1}}' }],
])('%s in the parameters: the message is stored and shown all the same', async (_, params) => {
  const { message: sent, answer } = await inbox.receive({ attachments: [] }, { params });
  expect(answer.status).toBe(200);
  expect(await message(sent.sid)).toMatchObject({ sid: sent.sid, details: {} });
});

function manyRecipients(count: number): [string, string][] {
  return Array.from({ length: count }, (_, n) => [`OtherRecipients${n}`, `+1415555${1000 + n}`]);
}

test('names and numbers are never logged', async () => {
  const extra = {
    ProfileName: 'Grace Hopper',
    WaId: '14155550145',
    OtherRecipients0: '+14155550146',
    OriginalRepliedMessageSender: 'whatsapp:+14155550147',
  };
  const { message: sent } = await inbox.receive({ attachments: [], extra });
  await message(sent.sid);
  await eventually(async () => {
    expect(inbox.logLines.some((line) => line.includes(sent.sid))).toBe(true);
  });
  const log = inbox.logLines.join('');
  for (const secret of ['Grace', '4155550145', '4155550146', '4155550147']) {
    expect(log).not.toContain(secret);
  }
});
