import { createHash, randomBytes } from 'node:crypto';
import type { AttachmentFault, DeleteFault } from './faults.ts';

const MAX_ATTACHMENTS = 10;

/** One attachment as Twilio stores it. */
export interface SimulatedAttachment {
  bytes: Uint8Array;
  /** The type that the media server and the Media resource report. */
  contentType: string;
  /** A file name for logs and tests; Twilio does not transmit one. */
  name?: string;
  /** The value of `MediaContentTypeN` in the webhook; default `contentType`. */
  declaredContentType?: string;
  faults?: AttachmentFault[];
}

/** One media item of a message; `sha256` is the hexadecimal hash of its bytes. */
export interface SimulatedMedia {
  sid: string;
  url: string;
  sha256: string;
  attachment: SimulatedAttachment;
}

/** An inbound message; `params` are exactly what Twilio posts for it. */
export interface SimulatedMessage {
  sid: string;
  accountSid: string;
  params: Record<string, string>;
  media: SimulatedMedia[];
}

export type MessageDirection = 'inbound' | 'outbound-api';

/** The properties of a message; all but the attachments have defaults. */
export interface CreateMessageInput {
  from?: string;
  to?: string;
  body?: string;
  /** Default: the simulator's first account. */
  accountSid?: string;
  attachments: readonly SimulatedAttachment[];
  messageSid?: string;
  /** Default now; not earlier than that of the previously created message. */
  sentAt?: Date;
  /** Default inbound; outbound messages appear in Twilio's lists and have no webhook. */
  direction?: MessageDirection;
  /** The faults of deleting the message itself. */
  faults?: DeleteFault[];
  /** Webhook parameters that add to or override the usual ones. */
  extra?: Record<string, string>;
}

/**
 * Builds a message whose media URLs are under `apiBaseUrl`. The sid starts with `MM` when there are
 * attachments and `SM` otherwise. Parameters: Twilio's messaging webhook request.
 *
 * @throws RangeError for more than the ten attachments Twilio allows, TypeError for a malformed sid
 */
export function buildMessage(
  input: CreateMessageInput,
  context: { accountSid: string; apiBaseUrl: string },
): SimulatedMessage {
  const { accountSid, apiBaseUrl } = context;
  if (input.attachments.length > MAX_ATTACHMENTS) {
    throw new RangeError(`A message has at most ${MAX_ATTACHMENTS} attachments`);
  }
  const sid = input.messageSid ?? createSid(input.attachments.length > 0 ? 'MM' : 'SM');
  if (!isSid(sid, 'MM', 'SM')) throw new TypeError(`Not a message sid: ${sid}`);

  const mediaRoot = `${apiBaseUrl}/2010-04-01/Accounts/${accountSid}/Messages/${sid}/Media`;
  const media = input.attachments.map((attachment): SimulatedMedia => {
    const mediaSid = createSid('ME');
    const sha256 = createHash('sha256').update(attachment.bytes).digest('hex');
    return { sid: mediaSid, url: `${mediaRoot}/${mediaSid}`, sha256, attachment };
  });

  const from = input.from ?? '+14155550123';
  const to = input.to ?? '+14155550100';
  const params: Record<string, string> = {
    ...senderDetails(from),
    SmsMessageSid: sid,
    NumMedia: String(media.length),
    SmsSid: sid,
    SmsStatus: 'received',
    Body: input.body ?? '',
    To: to,
    NumSegments: '1',
    MessageSid: sid,
    AccountSid: accountSid,
    From: from,
    ApiVersion: '2010-04-01',
  };
  media.forEach(({ url, attachment }, index) => {
    params[`MediaContentType${index}`] = attachment.declaredContentType ?? attachment.contentType;
    params[`MediaUrl${index}`] = url;
  });
  return { sid, accountSid, params: { ...params, ...input.extra }, media };
}

function senderDetails(from: string): Record<string, string> {
  // Twilio sends a location for telephone numbers only; for WhatsApp it sends the user's name.
  if (from.startsWith('whatsapp:')) {
    return { ProfileName: 'Sample Sender', WaId: from.replace(/\D/g, '') };
  }
  if (from.startsWith('rcs:')) return {};
  return {
    ToCountry: 'US',
    ToState: 'CA',
    ToCity: 'SAN FRANCISCO',
    ToZip: '94105',
    FromCountry: 'US',
    FromState: 'CA',
    FromCity: 'OAKLAND',
    FromZip: '94607',
  };
}

/** The first two letters of a Twilio sid: account, message with media, message without, media. */
type SidPrefix = 'AC' | 'MM' | 'SM' | 'ME';

/** A new random sid: the prefix and 32 lower-case hexadecimal digits. */
function createSid(prefix: SidPrefix): string {
  return prefix + randomBytes(16).toString('hex');
}

/** Whether `value` is a sid that starts with one of `prefixes`. */
function isSid(value: string, ...prefixes: SidPrefix[]): boolean {
  return prefixes.some((prefix) => value.startsWith(prefix)) && /^..[0-9a-f]{32}$/i.test(value);
}
