import type {
  Blob,
  Event,
  Media,
  MessageSource,
  Moderation,
  Prisma,
} from '../generated/prisma/client.ts';
import type { EventType, NewEvent } from './record-events.ts';

/** The fields of an attachment that every event about one contains. */
type EventMedia = Pick<
  Media,
  'sid' | 'messageSid' | 'accountSid' | 'index' | 'state' | 'moderation'
>;

/** An event about an attachment, with its current state. */
export function mediaEvent(
  type: EventType,
  media: EventMedia,
  facts: Prisma.InputJsonObject,
): NewEvent {
  const { sid: mediaSid, messageSid, accountSid, index, state, moderation } = media;
  const data = { mediaSid, messageSid, accountSid, index, state, moderation, ...facts };
  return { type, messageSid, mediaSid, data };
}

/** The event `media.stored`: bytes and preview are stored. */
export function mediaStored(
  media: EventMedia & Pick<Media, 'contentType' | 'storedAt'>,
  { sha256, byteSize }: Pick<Blob, 'sha256' | 'byteSize'>,
): NewEvent {
  const { contentType, storedAt } = media;
  return mediaEvent('media.stored', media, {
    contentType,
    byteSize: Number(byteSize),
    sha256,
    storedAt: storedAt?.toISOString() ?? null,
  });
}

/** The event `message.received`. */
export function messageReceived(message: {
  sid: string;
  accountSid: string;
  source: MessageSource;
  receivedAt: Date;
  moderation: Moderation;
  media: readonly unknown[];
}): NewEvent {
  const { sid: messageSid, accountSid, source, receivedAt, moderation, media } = message;
  const data = {
    messageSid,
    accountSid,
    source,
    receivedAt: receivedAt.toISOString(),
    mediaCount: media.length,
    moderation,
  };
  return { type: 'message.received', messageSid, data };
}

/** An event as receivers and streams get it: a payload as in the Standard Webhooks specification. */
export function eventMessage({
  type,
  createdAt,
  data,
}: Pick<Event, 'type' | 'createdAt' | 'data'>): string {
  return JSON.stringify({ type, timestamp: createdAt.toISOString(), data });
}
