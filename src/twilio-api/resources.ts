import { jsonObject } from '../database/json-object.ts';
import type { Media, Message } from '../generated/prisma/client.ts';
import type { Resource } from './representation.ts';

/** RFC 2822 in GMT, Twilio's time format: `Fri, 17 Jul 2009 01:52:49 +0000`. */
export function rfc2822(time: Date): string {
  return time.toUTCString().replace('GMT', '+0000');
}

type MediaRow = Pick<
  Media,
  | 'sid'
  | 'accountSid'
  | 'messageSid'
  | 'contentType'
  | 'declaredContentType'
  | 'receivedAt'
  | 'storedAt'
>;

/** The Media resource: every property in Twilio's documentation, in the order of its examples. */
export function mediaResource(row: MediaRow, extension: 'json' | 'xml'): Resource {
  return {
    sid: row.sid,
    account_sid: row.accountSid,
    parent_sid: row.messageSid,
    content_type: row.contentType ?? row.declaredContentType ?? 'application/octet-stream',
    date_created: rfc2822(row.receivedAt),
    date_updated: rfc2822(row.storedAt ?? row.receivedAt),
    uri: `${mediaListPath(row.accountSid, row.messageSid)}/${row.sid}.${extension}`,
  };
}

export function mediaListPath(accountSid: string, messageSid: string): string {
  return `/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Media`;
}

type MessageRow = Pick<
  Message,
  'sid' | 'accountSid' | 'from' | 'to' | 'body' | 'params' | 'receivedAt'
>;

/** The Message resource of an inbound message, with Twilio's names. Values only Twilio has are null. */
export function messageResource(
  message: MessageRow & { numMedia: number },
  extension: 'json' | 'xml',
): Resource {
  const { sid, accountSid, receivedAt } = message;
  const params = jsonObject(message.params);
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
