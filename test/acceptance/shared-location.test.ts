import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MessageItem } from '../../src/gallery/item-schemas.ts';
import { sharedLocation } from '../../src/gallery/list-messages.ts';
import { smallPicture } from '../support/small-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

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

test('a location that is shared on WhatsApp stands in its message, alone and in the list', async () => {
  const from = 'whatsapp:+14155550142';
  const { message: sent } = await inbox.receive({ from, body: '', attachments: [], extra: SHARED });
  expect(await message(sent.sid)).toMatchObject({ from, body: '', location: LOCATION, media: [] });
  const path = `/api/v1/messages?from=${encodeURIComponent(from)}`;
  const { body } = await inbox.api('get', path).expect(200);
  expect(body.items).toMatchObject([{ sid: sent.sid, location: LOCATION }]);
});

test('a deleted message has no location any more', async () => {
  const attachments = [{ bytes: await smallPicture(1), contentType: 'image/png' }];
  const { message: sent } = await inbox.receive({ attachments, extra: SHARED });
  const [media] = await inbox.mediaOf(sent.sid, 'stored');
  expect(await message(sent.sid)).toMatchObject({ location: LOCATION });
  await inbox.api('delete', `/api/v1/media/${media?.sid}?message=true`).expect(204);
  expect(await message(sent.sid)).toMatchObject({ body: null, location: null });
});

test.each([
  ['a button', { ButtonText: 'Yes, please', ButtonPayload: 'yes' }, 'Yes, please'],
  ['an entry of a list', { ListId: 'monday', ListTitle: 'On Monday' }, 'On Monday'],
])('a tap on %s without text says what stands on it', async (_, extra, text) => {
  const { message: sent } = await inbox.receive({ body: '', attachments: [], extra });
  expect(await message(sent.sid)).toMatchObject({ body: text, location: null });
});

test.each<[string, unknown, object | null]>([
  ['numbers', { Latitude: -1.5, Longitude: 0 }, { latitude: -1.5, longitude: 0 }],
  ['a place without a name', { Latitude: '1', Longitude: '2', Label: ' ' }, { label: null }],
  ['a latitude alone', { Latitude: '1' }, null],
  ['what is not on earth', { Latitude: '91', Longitude: '0' }, null],
  ['no numbers', { Latitude: '1e1', Longitude: 'NaN' }, null],
  ['nested values', { Latitude: { a: '1' }, Longitude: [] }, null],
  ['nothing', null, null],
])('%s', (_, params, location) => {
  if (location === null) expect(sharedLocation(params)).toBeNull();
  else expect(sharedLocation(params)).toMatchObject(location);
});
