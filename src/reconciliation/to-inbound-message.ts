import { z } from 'zod';
import { type InboundMessage, readInboundMessage } from '../inbound/inbound-message.ts';
import { mediaSid } from '../twilio/sid-schema.ts';
import { TwilioError } from '../twilio/twilio-error.ts';
import { type ListedMessage, rfc2822 } from './message-page.ts';

const media = z.object({ sid: mediaSid, content_type: z.string(), date_created: rfc2822 });
const mediaList = z.object({ media_list: z.array(media) });

export type ListedMedia = z.output<typeof media>;

/**
 * Reads `Media.json` of a message.
 *
 * @returns in the order of the attachments: Twilio's lists are newest first
 * @throws TwilioError `rejected` for what is no such list
 */
export function readMediaList(accountSid: string, json: unknown): ListedMedia[] {
  const parsed = mediaList.safeParse(json);
  if (!parsed.success) {
    throw new TwilioError('rejected', `A list of media of account ${accountSid} cannot be read`);
  }
  return parsed.data.media_list
    .toReversed()
    .sort((one, other) => one.date_created.getTime() - other.date_created.getTime());
}

/** The message as its webhook would have told it, received when Twilio received it. */
export function toInboundMessage(
  accountSid: string,
  message: ListedMessage,
  attachments: readonly ListedMedia[],
  apiBaseUrl: string,
): InboundMessage {
  const { sid, from, to, body, messaging_service_sid: service } = message;
  const mediaRoot = `${apiBaseUrl}/2010-04-01/Accounts/${accountSid}/Messages/${sid}/Media`;
  const params = {
    ...{
      MessageSid: sid,
      AccountSid: accountSid,
      From: from ?? '',
      To: to ?? '',
      Body: body ?? '',
    },
    ...(service ? { MessagingServiceSid: service } : {}),
    NumMedia: String(attachments.length),
    ...Object.fromEntries(
      attachments.flatMap((one, index) => [
        [`MediaUrl${index}`, `${mediaRoot}/${one.sid}`],
        [`MediaContentType${index}`, one.content_type],
      ]),
    ),
  };
  return readInboundMessage(params, apiBaseUrl, message.sentAt, 'reconcile');
}
