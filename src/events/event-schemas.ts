import { z } from 'zod';
import { MediaState, MessageSource, Moderation } from '../generated/prisma/client.ts';
import { count, time } from '../http/fields.ts';
import { accountSid, mediaSid, messageSid } from '../twilio/address-fields.ts';

// What events contain: sids and facts, never phone numbers or message texts. Objects are strict in tests;
// receivers should expect new fields.

const sha256 = z.string().describe('Of the bytes, in hexadecimal digits.');
const reasonCode = z.string().nullable();
const decidedBy = z.string().describe("The name of a key, or `system:` and the rule's name.");
const deletionId = z.string().describe('Of the deletion, in the API.');

const message = { messageSid, accountSid };

const media = {
  mediaSid,
  ...message,
  index: count.describe('Its place in the message, from 0.'),
  state: z.enum(MediaState),
  moderation: z.enum(Moderation),
};

const decision = {
  moderation: z.enum(Moderation),
  before: z.enum(Moderation).nullable().describe('Null for the initial state.'),
  reasonCode,
  decidedBy,
};

const decidedMessage = z.strictObject({ ...message, ...decision });

const decidedMedia = z.strictObject({
  mediaSid,
  ...message,
  index: media.index.exactOptional().describe('Only of a decision on receipt.'),
  state: media.state.exactOptional().describe('Only of a decision on receipt.'),
  ...decision,
});

const storedMedia = z.strictObject({
  ...media,
  state: z.literal('stored'),
  contentType: z.string().nullable().describe('Of the bytes; null if it is not known.'),
  byteSize: count.describe('In bytes.'),
  sha256,
  storedAt: time,
});

const failedMedia = z.strictObject({
  ...media,
  state: z.literal('failed'),
  reasonCode: z.string().describe('Such as `not-found`.'),
});

/** The type of events that an admin sends to one endpoint; they report nothing. */
export const TEST_EVENT = 'endpoint.test';

/** `data` of each event type. */
export const eventData = {
  'message.received': z.strictObject({
    ...message,
    source: z.enum(MessageSource),
    receivedAt: time,
    mediaCount: count,
    moderation: z.enum(Moderation).describe('The initial state.'),
  }),
  'message.held': decidedMessage,
  'message.quarantined': decidedMessage,
  'message.approved': decidedMessage,
  'message.deleted': z.strictObject({
    ...message,
    moderation: z.enum(Moderation),
    deletionId,
    reasonCode,
    deletedBy: z.string(),
  }),
  'media.stored': storedMedia,
  'media.failed': failedMedia,
  'media.held': decidedMedia,
  'media.quarantined': decidedMedia,
  'media.approved': decidedMedia,
  'media.reported': z.strictObject({
    mediaSid,
    ...message,
    reportId: z.uuid().describe('Of the report, in the API.'),
    reasonCode,
    reportedBy: z.string().describe('The name of a key, or `proxy:` and that of a user.'),
  }),
  'sender.restricted': z.strictObject({
    senderId: z.string().describe('The keyed hash of the sender, as in the API.'),
    mediaSid: mediaSid.describe('The attachment of the last decision.'),
    ...message,
    onThird: z.enum(['mute', 'quarantine', 'refuse']),
    reasonCode: z.string(),
    decidedBy,
  }),
  'media.deleted': z.strictObject({
    ...media,
    state: z.literal('deleted'),
    sha256: sha256.nullable(),
    deletionId,
    reasonCode,
    deletedBy: z.string(),
  }),
  'deletion.completed': z.strictObject({
    deletionId,
    scope: z.string().describe('`one`, `same-bytes`, `message`, `sender` or `erase`.'),
    mediaSid: mediaSid.nullable().describe('Null if none was named.'),
    withMessages: z.boolean(),
    targets: count.describe('Media and messages.'),
    reasonCode,
    requestedBy: z.string(),
  }),
  [TEST_EVENT]: z.strictObject({
    endpointId: z.string().describe('The endpoint that it is sent to, and no other.'),
    requestedBy: z.string().describe('The name of a key, or `proxy:` and that of a user.'),
  }),
};

export type EventType = keyof typeof eventData;

/** `data` as it is recorded, and sent. */
export type EventData<T extends EventType> = z.input<(typeof eventData)[T]>;

/** All event types that receivers and streams can get. */
export const EVENT_TYPES = Object.keys(eventData) as [EventType, ...EventType[]];

/** Those that report something. Only they are in streams, and can be chosen. */
export const REPORTED_TYPES = EVENT_TYPES.filter((type) => type !== TEST_EVENT) as [
  EventType,
  ...EventType[],
];

/** One of `REPORTED_TYPES`, in a request. */
export const eventType = z.enum(REPORTED_TYPES, { error: `one of ${REPORTED_TYPES.join(', ')}` });

/** `data` of the events for viewers. Types ending in `.visible` and `.removed` exist only for them. */
export const viewerEventData = {
  'media.stored': storedMedia,
  'media.failed': failedMedia.omit({ reasonCode: true }),
  'media.visible': z.strictObject({ mediaSid, ...message, moderation: z.enum(Moderation) }),
  'media.removed': z.strictObject({ mediaSid }),
  'message.visible': z.strictObject({ messageSid }),
  'message.removed': z.strictObject({ messageSid }),
};

export type ViewerEventType = keyof typeof viewerEventData;

export const VIEWER_EVENT_TYPES = Object.keys(viewerEventData) as ViewerEventType[];

/** The type as a name in Pascal case: `MediaStored`. */
export function eventName(type: EventType): string {
  return type.replaceAll(/(?:^|\.)(\w)/g, (_, first: string) => first.toUpperCase());
}

function payloadOf<T extends EventType>(type: T, description: string) {
  const id = `${eventName(type)}Event`;
  return z
    .strictObject({
      type: z.literal(type),
      timestamp: time.describe('When it happened.'),
      data: eventData[type],
    })
    .meta({ id, description });
}

/** A webhook: a payload as in the Standard Webhooks specification. */
export const eventPayload = z.discriminatedUnion('type', [
  payloadOf('message.received', 'A message is here.'),
  payloadOf('message.held', 'A moderator or a rule has held back a text.'),
  payloadOf('message.quarantined', 'A moderator or a rule has quarantined a text.'),
  payloadOf('message.approved', 'A moderator or a rule has approved a text.'),
  payloadOf('message.deleted', 'The text and numbers of a message are gone from here.'),
  payloadOf('media.stored', 'The bytes and the preview of an attachment are here.'),
  payloadOf('media.failed', 'The fetch of an attachment was given up.'),
  payloadOf('media.held', 'A moderator or a rule has held back an attachment.'),
  payloadOf('media.quarantined', 'A moderator or a rule has quarantined an attachment.'),
  payloadOf('media.approved', 'A moderator or a rule has approved an attachment.'),
  payloadOf('media.reported', 'Somebody has reported an attachment to the moderators.'),
  payloadOf('sender.restricted', 'A sender is muted or blocked by a third decision.'),
  payloadOf('media.deleted', 'An attachment is gone from here.'),
  payloadOf('deletion.completed', 'A deletion is complete, at Twilio, too.'),
  payloadOf(TEST_EVENT, 'An admin tests the endpoint: nothing has happened.'),
]);

function viewerPayloadOf<T extends ViewerEventType>(type: T) {
  return z.strictObject({ type: z.literal(type), timestamp: time, data: viewerEventData[type] });
}

/** An event in the stream of a viewer. */
export const viewerEventPayload = z.discriminatedUnion('type', [
  viewerPayloadOf('media.stored'),
  viewerPayloadOf('media.failed'),
  viewerPayloadOf('media.visible'),
  viewerPayloadOf('media.removed'),
  viewerPayloadOf('message.visible'),
  viewerPayloadOf('message.removed'),
]);
