import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MessageItem } from '../../src/gallery/item-schemas.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

const notes = (count: number, text: string) =>
  Array.from({ length: count }, (_, index) => ({
    bytes: Buffer.from(`${text} ${index}`),
    contentType: 'text/plain',
  }));

const webhook = () => ({ url: `${inbox.url}/twilio/incoming` });

/** How often the bytes of a media were asked for. */
function fetches(mediaSid: string): number {
  return inbox.twilio.requests.filter((request) => {
    return request.server === 'media' && request.mediaSid === mediaSid;
  }).length;
}

async function messagesFrom(from: string): Promise<MessageItem[]> {
  const list = await inbox.api('get', '/api/v1/messages').query({ from, limit: 200 }).expect(200);
  return list.body.items;
}

test('a message that comes 50 times at once is one message, its media fetched once', async () => {
  const from = '+14155550150';
  const message = inbox.twilio.createMessage({ from, attachments: notes(3, 'fifty') });
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, copy) =>
      inbox.twilio.deliver(message, { ...webhook(), method: copy % 5 === 0 ? 'GET' : 'POST' }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  expect(answers.every(({ errorCode }) => errorCode === null)).toBe(true);

  const media = await inbox.mediaOf(message.sid, 'stored');
  expect(media.map(({ sid }) => sid)).toEqual(message.media.map(({ sid }) => sid));
  expect(await messagesFrom(from)).toHaveLength(1);

  // Later copies find everything there, and ask Twilio for nothing.
  expect((await inbox.twilio.deliver(message, webhook())).status).toBe(200);
  const later = await inbox.receive({ attachments: notes(1, 'a message after it') });
  await inbox.mediaOf(later.message.sid, 'stored');
  expect(await inbox.mediaOf(message.sid, 'stored')).toEqual(media);
  expect(message.media.map(({ sid }) => fetches(sid))).toEqual([1, 1, 1]);
});

test('a message that comes by GET and by POST is one message', async () => {
  const from = '+14155550151';
  const message = inbox.twilio.createMessage({ from, attachments: notes(1, 'both ways') });
  for (const method of ['GET', 'POST', 'GET'] as const) {
    const answer = await inbox.twilio.deliver(message, { ...webhook(), method });
    expect(answer.status).toBe(200);
  }
  await inbox.mediaOf(message.sid, 'stored');
  expect(await messagesFrom(from)).toHaveLength(1);
  expect(fetches(message.media[0]?.sid ?? '')).toBe(1);
});

test('a duplicate with other content changes nothing', async () => {
  const from = '+14155550152';
  const message = inbox.twilio.createMessage({
    from,
    body: 'as it was first',
    attachments: notes(1, 'original'),
  });
  await inbox.twilio.deliver(message, webhook());
  const before = await inbox.mediaOf(message.sid, 'stored');

  const other = inbox.twilio.createMessage({ attachments: notes(1, 'other') });
  const params = {
    Body: 'as it came again',
    From: '+19995550000',
    NumMedia: '2',
    MediaUrl1: other.media[0]?.url ?? '',
  };
  const again = await inbox.twilio.deliver(message, { ...webhook(), params });
  expect(again.status).toBe(200);

  const [kept] = await messagesFrom(from);
  expect(kept).toMatchObject({ sid: message.sid, body: 'as it was first' });
  expect(kept?.media).toEqual(before);
  expect(await messagesFrom('+19995550000')).toEqual([]);
});

test('what was deleted does not come back with a duplicate', async () => {
  const { message } = await inbox.receive({ attachments: notes(1, 'unwanted') });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  await inbox.api('delete', `/api/v1/media/${media?.sid}`).expect(204);
  expect((await inbox.twilio.deliver(message, webhook())).status).toBe(200);
  const [tombstone] = await inbox.mediaOf(message.sid, 'deleted');
  expect(tombstone).toMatchObject({ sid: media?.sid, state: 'deleted', from: null, body: null });
  await inbox.api('get', `/api/v1/media/${media?.sid}`).expect(404);
});

test('200 different messages at once are all answered and all kept', async () => {
  const from = '+14155550153';
  const messages = Array.from({ length: 200 }, (_, index) =>
    inbox.twilio.createMessage({ from, body: `number ${index}`, attachments: [] }),
  );
  const answers = await Promise.all(
    messages.map((message) => inbox.twilio.deliver(message, webhook())),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(200).fill(200));
  const kept = await messagesFrom(from);
  expect(new Set(kept.map(({ body }) => body))).toEqual(
    new Set(messages.map(({ params }) => params.Body)),
  );
  expect(kept).toHaveLength(200);
});
