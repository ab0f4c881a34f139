import type { Blob, Media, Prisma } from '../generated/prisma/client.ts';
import type { EventType } from './event-types.ts';
import type { NewEvent } from './record-events.ts';

/** What events tell of every media. */
export type ToldMedia = Pick<
  Media,
  'sid' | 'messageSid' | 'accountSid' | 'index' | 'state' | 'moderation'
>;

/** An event about a media, with what is known of it now. */
export function mediaEvent(
  type: EventType,
  media: ToldMedia,
  facts: Prisma.InputJsonObject,
): NewEvent {
  const { sid: mediaSid, messageSid, accountSid, index, state, moderation } = media;
  const data = { mediaSid, messageSid, accountSid, index, state, moderation, ...facts };
  return { type, messageSid, mediaSid, data };
}

/** The event `media.stored`: bytes and preview are here. */
export function mediaStored(
  media: ToldMedia & Pick<Media, 'contentType' | 'storedAt'>,
  { sha256, byteSize }: Pick<Blob, 'sha256' | 'byteSize'>,
): NewEvent {
  const { contentType, storedAt } = media;
  return mediaEvent('media.stored', media, {
    ...{ contentType, byteSize: Number(byteSize), sha256 },
    storedAt: storedAt?.toISOString() ?? null,
  });
}
