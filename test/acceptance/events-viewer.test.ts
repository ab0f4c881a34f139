import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { type EventReader, followEvents } from '../support/event-stream.ts';
import { note } from '../support/reconciliation.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let key: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  const { body } = await inbox
    .api('post', '/api/v1/keys')
    .send({ name: 'page', role: 'viewer' })
    .expect(201);
  key = body.secret;
});
afterAll(() => inbox.stop());

async function receive(from = '+15550004001'): Promise<MediaItem> {
  const { message } = await inbox.receive({ from, body: 'private', attachments: [note()] });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  if (media === undefined) throw new Error('the message has no media');
  return media;
}

const decide = ({ sid }: MediaItem, decision: string) =>
  inbox
    .api('post', `/api/v1/media/${sid}/decision`)
    .send({ decision, reasonCode: 'spam', reason: 'an advertisement' })
    .expect(200);

/** Follows from now on. */
async function follow(): Promise<EventReader> {
  const reader = await followEvents(inbox, { key });
  expect(reader.status).toBe(200);
  await eventually(async () => expect(reader.lastId).toBeDefined());
  return reader;
}

/** What a reader was told, once a media item that comes after all of it was told. */
async function toldTo(reader: EventReader): Promise<EventReader['events']> {
  const last = await receive();
  await eventually(async () =>
    expect(reader.events.map(({ data }) => data.mediaSid)).toContain(last.sid),
  );
  return reader.events.filter(
    ({ data }) => data.mediaSid !== last.sid && data.messageSid !== last.messageSid,
  );
}

const typesOf = (events: EventReader['events'], { sid }: MediaItem) =>
  events.filter(({ data }) => data.mediaSid === sid).map(({ type }) => type);

test('a viewer is told what becomes visible, changes and goes, and nothing of decisions', async () => {
  const reader = await follow();
  const media = await receive();
  await decide(media, 'hold');
  await decide(media, 'quarantine');
  await decide(media, 'approve');
  // Each is read before the next decision changes what may be seen.
  await eventually(async () => expect(typesOf(reader.events, media)).toContain('media.visible'));
  await inbox.api('delete', `/api/v1/media/${media.sid}?reasonCode=spam`).expect(204);
  const events = await toldTo(reader);
  expect(events.filter(({ type }) => type === 'media.removed').map(({ data }) => data)).toEqual([
    { mediaSid: media.sid },
    { mediaSid: media.sid },
  ]);
  expect(typesOf(events, media).slice(-3)).toEqual([
    ...['media.removed', 'media.visible', 'media.removed'],
  ]);
  const text = JSON.stringify(events);
  expect(text).not.toMatch(/reason|spam|decidedBy|deletedBy|before|held|quarantined|deletion/i);
  expect(text).not.toMatch(/5550004001|private|ADMIN_API_KEY/);
}, 90_000);

test('a viewer is told of what is stored what its lists say of it', async () => {
  const reader = await follow();
  const media = await receive();
  const events = await toldTo(reader);
  expect(events.map(({ type }) => type)).toEqual(['message.visible', 'media.stored']);
  const [shown, event] = events;
  expect(shown?.data).toEqual({ messageSid: media.messageSid });
  const { sid: mediaSid, messageSid, accountSid, index, state, moderation } = media;
  const { contentType, byteSize, sha256, storedAt } = media;
  expect(event?.data).toEqual({
    mediaSid,
    messageSid,
    accountSid,
    index,
    state,
    moderation,
    contentType,
    byteSize,
    sha256,
    storedAt,
  });
}, 90_000);

const messageTypesOf = (events: EventReader['events'], sid: string) =>
  events
    .filter(({ type, data }) => type.startsWith('message.') && data.messageSid === sid)
    .map(({ type }) => type);

async function receiveText(from = '+15550004001'): Promise<string> {
  const { message } = await inbox.receive({ from, body: 'private', attachments: [] });
  return message.sid;
}

const decideMessage = (sid: string, decision: string) =>
  inbox
    .api('post', `/api/v1/messages/${sid}/decision`)
    .send({ decision, reasonCode: 'spam', reason: 'an advertisement' })
    .expect(200);

test('a viewer is told which messages become visible and go, by sid alone', async () => {
  const reader = await follow();
  const sid = await receiveText();
  const told = (types: string[]) =>
    eventually(async () => expect(messageTypesOf(reader.events, sid)).toEqual(types));
  // Each is read before the next change decides what may be seen.
  await told(['message.visible']);
  await decideMessage(sid, 'hold');
  await decideMessage(sid, 'quarantine');
  await decideMessage(sid, 'approve');
  await told(['message.visible', 'message.removed', 'message.visible']);
  await inbox.api('delete', `/api/v1/messages/${sid}?reasonCode=spam`).expect(204);
  const events = await toldTo(reader);
  expect(messageTypesOf(events, sid).slice(3)).toEqual(['message.removed']);
  for (const { data } of events) expect(data).toEqual({ messageSid: sid });
}, 90_000);

test('a failed fetch is told without its code', async () => {
  const reader = await follow();
  const faults = [{ kind: 'not-found' as const }];
  const attachments = [{ ...note(), faults }];
  await inbox.restart({ FETCH_RETRY_HOURS: '0' });
  const again = await followEvents(inbox, { key, lastEventId: reader.lastId });
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'failed');
  const events = await toldTo(again);
  const failed = events.find(({ data }) => data.mediaSid === media?.sid);
  expect(failed).toMatchObject({ type: 'media.failed', data: { state: 'failed' } });
  expect(failed?.data).not.toHaveProperty('reasonCode');
}, 90_000);

test('of media and messages that viewers never saw nothing is told', async () => {
  await inbox.restart({ MODERATION_MODE: 'hold' });
  const reader = await follow();
  const media = await receive();
  await decide(media, 'quarantine');
  await inbox.api('delete', `/api/v1/media/${media.sid}`).expect(204);
  const sid = await receiveText();
  await decideMessage(sid, 'quarantine');
  await inbox.api('delete', `/api/v1/messages/${sid}`).expect(204);
  await inbox.restart({ MODERATION_MODE: 'off' });
  const again = await followEvents(inbox, { key, lastEventId: reader.lastId });
  expect(await toldTo(again)).toEqual([]);
}, 90_000);

test('a message is told with the last of its media that is approved, and goes with one', async () => {
  await inbox.restart({ MODERATION_MODE: 'hold' });
  const { message } = await inbox.receive({ attachments: [note(), note()] });
  const [first, second] = await inbox.mediaOf(message.sid, 'stored');
  if (first === undefined || second === undefined) throw new Error('the message has no media');
  await inbox.restart({ MODERATION_MODE: 'off' });
  const reader = await follow();
  await decide(first, 'approve');
  await eventually(async () => expect(typesOf(reader.events, first)).toEqual(['media.visible']));
  expect(messageTypesOf(reader.events, message.sid)).toEqual([]);
  await decide(second, 'approve');
  await eventually(async () =>
    expect(messageTypesOf(reader.events, message.sid)).toEqual(['message.visible']),
  );
  await decide(first, 'hold');
  await eventually(async () =>
    expect(messageTypesOf(reader.events, message.sid).slice(1)).toEqual(['message.removed']),
  );
}, 90_000);

test('who resumes is not shown what was held back, deleted or muted since', async () => {
  const reader = await follow();
  const held = await receive();
  const deleted = await receive();
  const muted = await receive('+15550004002');
  const kept = await receive();
  const texts = [await receiveText(), await receiveText(), await receiveText('+15550004003')];
  const [heldText = '', deletedText = '', mutedText = ''] = texts;
  const keptText = await receiveText();
  await eventually(async () => {
    expect(typesOf(reader.events, kept)).toEqual(['media.stored']);
    expect(messageTypesOf(reader.events, keptText)).toEqual(['message.visible']);
  });
  const start = reader.events.find(({ data }) => data.mediaSid === held.sid)?.id;
  reader.close();
  await decide(held, 'hold');
  await inbox.api('delete', `/api/v1/media/${deleted.sid}`).expect(204);
  await decideMessage(heldText, 'hold');
  await inbox.api('delete', `/api/v1/messages/${deletedText}`).expect(204);
  for (const address of ['+15550004002', '+15550004003']) {
    await inbox.api('put', '/api/v1/senders').send({ address, muted: true }).expect(200);
  }
  for (const lastEventId of [start, 'evt_0']) {
    const events = await toldTo(await followEvents(inbox, { key, lastEventId }));
    expect(typesOf(events, held)).toEqual(['media.removed']);
    expect(typesOf(events, deleted)).toEqual(['media.removed']);
    expect(typesOf(events, muted)).toEqual([]);
    expect(typesOf(events, kept)).toEqual(['media.stored']);
    expect(messageTypesOf(events, heldText)).toEqual(['message.removed']);
    expect(messageTypesOf(events, deletedText)).toEqual(['message.removed']);
    expect(messageTypesOf(events, mutedText)).toEqual([]);
    expect(messageTypesOf(events, keptText)).toEqual(['message.visible']);
  }
}, 90_000);

test('a viewer asks for its own types alone, and goes on behind what it was not told', async () => {
  const { lastId, close } = await follow();
  close();
  await inbox.receive({ attachments: [] });
  const reader = await followEvents(inbox, {
    key,
    query: '?types=media.removed',
    lastEventId: lastId,
  });
  await eventually(async () => expect(reader.lastId).not.toBe(lastId));
  const media = await receive();
  await decide(media, 'hold');
  await eventually(async () => expect(typesOf(reader.events, media)).toEqual(['media.removed']));
  expect(reader.events).toHaveLength(1);
  const refused = await fetch(`${inbox.url}/api/v1/events?types=message.received`, {
    headers: { authorization: `Bearer ${key}` },
  });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({
    errors: [{ field: 'types.0', message: expect.stringMatching(/^one of media\.stored, /) }],
  });
  await inbox.api('get', '/api/v1/events?types=media.removed').expect(400);
}, 90_000);

test('viewers leave room for those who moderate', async () => {
  const readers = await Promise.all(Array.from({ length: 24 }, () => followEvents(inbox, { key })));
  await eventually(async () => expect((await followEvents(inbox, { key })).status).toBe(503));
  expect((await followEvents(inbox)).status).toBe(200);
  for (const reader of readers) reader.close();
}, 90_000);
