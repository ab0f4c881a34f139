import type { Message } from '../generated/prisma/client.ts';
import { mediaListPath, rfc2822 } from './media-resource.ts';
import type { Resource } from './representation.ts';

type Row = Pick<Message, 'sid' | 'accountSid' | 'from' | 'to' | 'body' | 'params' | 'receivedAt'>;

/** The Message resource of an inbound message, in Twilio's names. What only Twilio knows is null. */
export function messageResource(
  message: Row & { numMedia: number },
  extension: 'json' | 'xml',
): Resource {
  const { sid, accountSid, receivedAt } = message;
  const params = Object(message.params) as Record<string, unknown>;
  const param = (name: string) => (typeof params[name] === 'string' ? params[name] : null);
  const time = rfc2822(receivedAt);
  return {
    sid,
    account_sid: accountSid,
    api_version: param('ApiVersion') ?? '2010-04-01',
    body: message.body,
    date_created: time,
    date_sent: time,
    date_updated: time,
    direction: 'inbound',
    error_code: null,
    error_message: null,
    from: message.from,
    messaging_service_sid: param('MessagingServiceSid'),
    num_media: String(message.numMedia),
    num_segments: param('NumSegments') ?? '1',
    price: null,
    price_unit: null,
    status: 'received',
    subresource_uris: { media: `${mediaListPath(accountSid, sid)}.${extension}` },
    to: message.to,
    uri: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}.${extension}`,
  };
}
