import type { Logger } from 'pino';
import { z } from 'zod';
import type { CommitMessage } from '../inbound/commit-message.ts';
import { type InboundMessage, readInboundMessage } from '../inbound/inbound-message.ts';
import { mediaSid } from '../twilio/address-fields.ts';
import { TwilioError } from '../twilio/twilio-error.ts';
import { type ListedMessage, mediaPage, rfc2822 } from './message-page.ts';
import type { ReadTwilio } from './read-twilio.ts';

/**
 * `known`: its webhook has arrived meanwhile. `gone`: Twilio no longer has any of its media.
 * `failed`: it cannot be taken in now; the next sweep tries again.
 */
type TakenIn = 'new' | 'known' | 'gone' | 'failed';

interface TakeInDeps {
  readTwilio: ReadTwilio;
  commitMessage: CommitMessage;
  apiBaseUrl: string;
  log: Logger;
}

/**
 * Takes in one message that is missing, in the same way as its webhook.
 *
 * @throws TwilioError for an outage or refused credentials, which are not specific to the message
 */
export type TakeInMessage = (
  accountSid: string,
  message: ListedMessage,
  signal: AbortSignal,
) => Promise<TakenIn>;

// Just after arrival Twilio may not list all media yet. A message taken in without them would make its
// webhook a duplicate, and the media would be lost.
const SETTLED_AFTER_MS = 3_600_000;

export function createTakeInMessage(deps: TakeInDeps): TakeInMessage {
  const { readTwilio, commitMessage, apiBaseUrl, log } = deps;

  return async (accountSid, message, signal) => {
    const { sid: messageSid, sentAt } = message;
    try {
      const media = await listMedia(accountSid, messageSid, signal);
      const isComplete = media.length >= message.num_media;
      if (!isComplete && Date.now() - sentAt.getTime() < SETTLED_AFTER_MS) {
        const counts = { named: message.num_media, listed: media.length };
        log.warn(
          { accountSid, messageSid, ...counts },
          'message not taken in: media not listed yet',
        );
        return 'failed';
      }
      if (media.length === 0) return 'gone';
      return await commitMessage(toInboundMessage(accountSid, message, media, apiBaseUrl));
    } catch (error) {
      if (!(error instanceof TwilioError) || error.kind !== 'rejected') throw error;
      log.warn({ accountSid, messageSid }, `message not taken in: ${error.message}`);
      return 'failed';
    }
  };

  async function listMedia(accountSid: string, messageSid: string, signal: AbortSignal) {
    const json = await readTwilio(accountSid, mediaPage(accountSid, messageSid), signal).catch(
      (error) => {
        if (error instanceof TwilioError && error.kind === 'absent') return { media_list: [] };
        throw error;
      },
    );
    return readMediaList(accountSid, json);
  }
}

const media = z.object({ sid: mediaSid, content_type: z.string(), date_created: rfc2822 });
const mediaList = z.object({ media_list: z.array(media) });

type ListedMedia = z.output<typeof media>;

/**
 * Reads `Media.json` of a message.
 *
 * @returns the media in the order of the attachments; Twilio's lists are newest first
 * @throws TwilioError `rejected` for JSON that is not such a list
 */
function readMediaList(accountSid: string, json: unknown): ListedMedia[] {
  const parsed = mediaList.safeParse(json);
  if (!parsed.success) {
    throw new TwilioError('rejected', `A list of media of account ${accountSid} cannot be read`);
  }
  return parsed.data.media_list
    .toReversed()
    .sort((one, other) => one.date_created.getTime() - other.date_created.getTime());
}

/** The message with the parameters of its webhook, received when Twilio received it. */
function toInboundMessage(
  accountSid: string,
  message: ListedMessage,
  attachments: readonly ListedMedia[],
  apiBaseUrl: string,
): InboundMessage {
  const { sid, from, to, body, messaging_service_sid: service } = message;
  const mediaRoot = `${apiBaseUrl}/2010-04-01/Accounts/${accountSid}/Messages/${sid}/Media`;
  const params = {
    MessageSid: sid,
    AccountSid: accountSid,
    From: from ?? '',
    To: to ?? '',
    Body: body ?? '',
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
