import type { UpstreamMedia, UpstreamMessage } from '../upstream-store.ts';

const API_VERSION = '2010-04-01';

/** The JSON of a Media resource; dates are RFC 2822 in GMT, `uri` is relative to the API. */
export function mediaResource(media: UpstreamMedia): Record<string, unknown> {
  const date = rfc2822(media.createdAt);
  return {
    account_sid: media.accountSid,
    content_type: media.attachment.contentType,
    date_created: date,
    date_updated: date,
    parent_sid: media.messageSid,
    sid: media.sid,
    uri: `${messagePath(media.accountSid, media.messageSid)}/Media/${media.sid}.json`,
  };
}

/** The JSON of a Message resource; its numbers are strings, as at Twilio. */
export function messageResource(message: UpstreamMessage): Record<string, unknown> {
  const { params, sid, accountSid, direction } = message;
  const date = rfc2822(message.sentAt);
  const path = messagePath(accountSid, sid);
  return {
    account_sid: accountSid,
    api_version: API_VERSION,
    body: params.Body ?? '',
    date_created: date,
    date_sent: date,
    date_updated: date,
    direction,
    error_code: null,
    error_message: null,
    from: params.From,
    messaging_service_sid: params.MessagingServiceSid ?? null,
    num_media: params.NumMedia,
    num_segments: params.NumSegments,
    price: null,
    price_unit: 'USD',
    sid,
    status: direction === 'inbound' ? 'received' : 'delivered',
    subresource_uris: { media: `${path}/Media.json`, feedback: `${path}/Feedback.json` },
    to: params.To,
    uri: `${path}.json`,
  };
}

function messagePath(accountSid: string, messageSid: string): string {
  return `/${API_VERSION}/Accounts/${accountSid}/Messages/${messageSid}`;
}

function rfc2822(date: Date): string {
  return date.toUTCString().replace(/GMT$/, '+0000');
}
