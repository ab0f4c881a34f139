import type { Blob, Event, Media, Message } from '../generated/prisma/client.ts';
import type { EventData } from './event-schemas.ts';
import type { EventOf } from './record-events.ts';

/** The fields of an attachment that most events about one contain. */
type EventMedia = Pick<Media, 'sid' | 'messageSid' | 'accountSid' | 'index' | 'moderation'>;

export function mediaStored(
  media: EventMedia & Pick<Media, 'contentType'>,
  { sha256, byteSize }: Pick<Blob, 'sha256' | 'byteSize'>,
  storedAt: Date,
): EventOf<'media.stored'> {
  return {
    type: 'media.stored',
    ...sidsOf(media),
    data: {
      ...factsOf(media, 'stored'),
      contentType: media.contentType,
      byteSize: Number(byteSize),
      sha256,
      storedAt: storedAt.toISOString(),
    },
  };
}

export function mediaFailed(media: EventMedia, reasonCode: string): EventOf<'media.failed'> {
  return {
    type: 'media.failed',
    ...sidsOf(media),
    data: { ...factsOf(media, 'failed'), reasonCode },
  };
}

export function mediaDeleted(
  media: EventMedia,
  facts: Pick<EventData<'media.deleted'>, 'sha256' | 'deletionId' | 'reasonCode' | 'deletedBy'>,
): EventOf<'media.deleted'> {
  return {
    type: 'media.deleted',
    ...sidsOf(media),
    data: { ...factsOf(media, 'deleted'), ...facts },
  };
}

/** The event of a rule's decision on receipt. */
export function mediaQuarantined(
  media: EventMedia & Pick<Media, 'state'>,
  decidedBy: string,
): EventOf<'media.quarantined'> {
  return {
    type: 'media.quarantined',
    ...sidsOf(media),
    data: { ...factsOf(media, media.state), before: null, reasonCode: null, decidedBy },
  };
}

export function messageReceived(
  message: Pick<Message, 'sid' | 'accountSid' | 'source' | 'receivedAt' | 'moderation'> & {
    media: readonly unknown[];
  },
): EventOf<'message.received'> {
  const { sid: messageSid, accountSid, source, receivedAt, moderation, media } = message;
  return {
    type: 'message.received',
    messageSid,
    data: {
      messageSid,
      accountSid,
      source,
      receivedAt: receivedAt.toISOString(),
      mediaCount: media.length,
      moderation,
    },
  };
}

function sidsOf({ sid: mediaSid, messageSid }: EventMedia) {
  return { messageSid, mediaSid };
}

function factsOf<S extends Media['state']>(media: EventMedia, state: S) {
  const { sid: mediaSid, messageSid, accountSid, index, moderation } = media;
  return { mediaSid, messageSid, accountSid, index, state, moderation };
}

/** An event as receivers and streams get it: a payload as in the Standard Webhooks specification. */
export function eventMessage({
  type,
  createdAt,
  data,
}: Pick<Event, 'type' | 'createdAt' | 'data'>): string {
  return JSON.stringify({ type, timestamp: createdAt.toISOString(), data });
}
