import type { Media } from '../generated/prisma/client.ts';
import type { Resource } from './representation.ts';

/** RFC 2822 in GMT, as Twilio writes times: `Fri, 17 Jul 2009 01:52:49 +0000`. */
export function rfc2822(time: Date): string {
  return time.toUTCString().replace('GMT', '+0000');
}

type Row = Pick<
  Media,
  | 'sid'
  | 'accountSid'
  | 'messageSid'
  | 'contentType'
  | 'declaredContentType'
  | 'receivedAt'
  | 'storedAt'
>;

/** The Media resource: every property of Twilio's page, in the order of its examples. */
export function mediaResource(row: Row, extension: 'json' | 'xml'): Resource {
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
