import type { MessageSource, Moderation } from '../generated/prisma/client.ts';
import type { NewEvent } from './record-events.ts';

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
    ...{ messageSid, accountSid, source },
    receivedAt: receivedAt.toISOString(),
    mediaCount: media.length,
    moderation,
  };
  return { type: 'message.received', messageSid, data };
}
