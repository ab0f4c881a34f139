import { expect, test } from 'vitest';
import { mediaFailed, mediaStored, messageReceived } from '../../../src/events/event-payloads.ts';
import {
  EVENT_TYPES,
  eventData,
  eventPayload,
  VIEWER_EVENT_TYPES,
  viewerEventPayload,
} from '../../../src/events/event-schemas.ts';

const media = {
  sid: 'ME2fe04cec35ce31a4553f5abf80c0ea4f',
  messageSid: 'MM5eb9e9728e43e0695b54dc1c7ebbd25c',
  accountSid: 'AC00000000000000000000000000000001',
  index: 0,
  moderation: 'visible',
  contentType: null,
} as const;

test('there is a payload for every event type', () => {
  const typesIn = (options: readonly { shape: { type: { value: string } } }[]) =>
    options.map(({ shape }) => shape.type.value);
  expect(typesIn(eventPayload.options)).toEqual(EVENT_TYPES);
  expect(typesIn(viewerEventPayload.options)).toEqual(VIEWER_EVENT_TYPES);
});

test('payloads are components of the API reference', () => {
  const ids = eventPayload.options.map((option) => option.meta()?.id);
  expect(ids).toContain('MessageReceivedEvent');
  expect(new Set(ids).size).toBe(EVENT_TYPES.length);
});

test.each([
  mediaStored(media, { sha256: 'a9', byteSize: 3n }, new Date()),
  mediaFailed(media, 'not-found'),
  messageReceived({
    sid: media.messageSid,
    accountSid: media.accountSid,
    source: 'import',
    receivedAt: new Date(),
    moderation: 'held',
    media: [],
  }),
])('$type has data of its schema, and no other', ({ type, data }) => {
  expect(eventData[type].safeParse(data).success).toBe(true);
  expect(eventData[type].safeParse({ ...data, from: '+15551234567' }).success).toBe(false);
});
