import type { MessageSource } from '../generated/prisma/client.ts';
import type { NewEvent } from './record-events.ts';

/** The event `message.received`. */
export function messageReceived(message: {
  sid: string;
  accountSid: string;
  source: MessageSource;
  receivedAt: Date;
  media: readonly unknown[];
}): NewEvent {
  const { sid: messageSid, accountSid, source, receivedAt, media } = message;
  const data = {
    ...{ messageSid, accountSid, source },
    receivedAt: receivedAt.toISOString(),
    mediaCount: media.length,
  };
  return { type: 'message.received', messageSid, data };
}
