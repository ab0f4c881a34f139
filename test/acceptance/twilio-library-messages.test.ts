import twilio from 'twilio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SimulatedMessage } from '../../src/simulator/simulated-message.ts';
import { smallPicture } from '../support/small-picture.ts';
import { ACCOUNT, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// Messages as Twilio's own helper library sees them.

const DAY_MS = 86_400_000;
const PHONE = '+14155550177';
const WHATSAPP = 'whatsapp:+14155550188';

let inbox: TestInbox;
let client: twilio.Twilio;
let album: SimulatedMessage;
/** Sids of the account's messages, the newest first. */
let newestFirst: string[];
beforeAll(async () => {
  inbox = await startTestInbox();
  client = twilio(ACCOUNT.sid, ACCOUNT.authToken);
  client.api.baseUrl = inbox.url;
  const attachments = await Promise.all(
    Array.from({ length: 7 }, async (_, n) => ({
      bytes: await smallPicture(50 + n),
      contentType: 'image/png',
    })),
  );
  const sids: string[] = [];
  for (const message of [
    { from: PHONE, body: 'seven pictures', attachments },
    { from: WHATSAPP, to: '+14155550101', body: 'one', attachments: attachments.slice(0, 1) },
    { from: PHONE, body: 'no picture', attachments: [] },
    { from: PHONE, body: 'two', attachments: attachments.slice(2, 4) },
  ]) {
    const received = (await inbox.receive(message)).message;
    sids.unshift(received.sid);
    album ??= received;
  }
  newestFirst = sids;
  await inbox.mediaOf(album.sid, 'stored');
});
afterAll(() => inbox.stop());

const sidsOf = (items: { sid: string }[]) => items.map(({ sid }) => sid);

test.each([1, 2, 3, 50])(
  'list() by pages of %i gives each of them once, the newest first',
  async (pageSize) => {
    const all = await client.messages.list({ pageSize });
    expect(sidsOf(all)).toEqual(newestFirst);
  },
);

test('list({ limit }) gives no more than that', async () => {
  expect(await client.messages.list({ limit: 3, pageSize: 2 })).toHaveLength(3);
});

test('from and to choose by the exact address, also over pages', async () => {
  const from = async (address: string, pageSize = 50) =>
    sidsOf(await client.messages.list({ from: address, pageSize }));
  const byPhone = newestFirst.filter((_, n) => n !== 2);
  expect(await from(PHONE)).toEqual(byPhone);
  expect(await from(PHONE, 1)).toEqual(byPhone);
  expect(await from(WHATSAPP, 1)).toEqual([newestFirst[2]]);
  expect(await from('+14155550199')).toEqual([]);
  expect(await from(PHONE.slice(0, -1))).toEqual([]);
  const toOther = await client.messages.list({ to: '+14155550101', from: WHATSAPP });
  expect(sidsOf(toOther)).toEqual([newestFirst[2]]);
  expect(await client.messages.list({ to: '+14155550101', from: PHONE })).toEqual([]);
});

test('dateSent is a day, dateSentBefore and dateSentAfter an instant', async () => {
  const found = async (filter: Parameters<typeof client.messages.list>[0]) =>
    sidsOf(await client.messages.list({ from: PHONE, pageSize: 2, ...filter }));
  const newest = (await client.messages(newestFirst[0] ?? '').fetch()).dateSent;
  const at = (ms: number) => new Date(newest.getTime() + ms);
  const all = newestFirst.filter((_, n) => n !== 2);
  expect(await found({ dateSent: at(0) })).toContain(newestFirst[0]);
  expect(await found({ dateSent: at(DAY_MS) })).toEqual([]);
  expect(await found({ dateSentAfter: at(-DAY_MS) })).toEqual(all);
  expect(await found({ dateSentAfter: at(DAY_MS) })).toEqual([]);
  expect(await found({ dateSentBefore: at(DAY_MS) })).toEqual(all);
  expect(await found({ dateSentBefore: at(-DAY_MS) })).toEqual([]);
  expect(await found({ dateSentAfter: at(-DAY_MS), dateSentBefore: at(DAY_MS) })).toEqual(all);
});

test('fetch() has what a client needs of an inbound message', async () => {
  const message = await client.messages(album.sid).fetch();
  expect(message.toJSON()).toMatchObject({
    sid: album.sid,
    accountSid: ACCOUNT.sid,
    apiVersion: '2010-04-01',
    body: 'seven pictures',
    direction: 'inbound',
    errorCode: null,
    errorMessage: null,
    from: PHONE,
    messagingServiceSid: null,
    numMedia: '7',
    numSegments: '1',
    price: null,
    status: 'received',
    to: '+14155550100',
    uri: `/2010-04-01/Accounts/${ACCOUNT.sid}/Messages/${album.sid}.json`,
    subresourceUris: {
      media: `/2010-04-01/Accounts/${ACCOUNT.sid}/Messages/${album.sid}/Media.json`,
    },
  });
  for (const time of [message.dateCreated, message.dateSent, message.dateUpdated]) {
    expect(Math.abs(Date.now() - time.getTime())).toBeLessThan(10 * 60_000);
  }
  expect(sidsOf(await message.media().list())).toEqual(sidsOf(album.media));
});

test('fetch() of one that is not here rejects with 404 and 20404', async () => {
  await expect(client.messages(`MM${'0'.repeat(32)}`).fetch()).rejects.toMatchObject({
    status: 404,
    code: 20404,
  });
});
