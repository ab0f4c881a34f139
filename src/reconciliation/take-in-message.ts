import type { Logger } from 'pino';
import type { ReceiveMessage } from '../inbound/receive-message.ts';
import { TwilioError } from '../twilio/twilio-error.ts';
import { mediaPage } from './list-path.ts';
import type { ListedMessage } from './message-page.ts';
import type { ReadTwilio } from './read-twilio.ts';
import { readMediaList, toInboundMessage } from './to-inbound-message.ts';

/**
 * `known`: its webhook has come meanwhile. `gone`: Twilio has none of its media any more.
 * `failed`: cannot be taken in now; the next sweep tries again.
 */
export type TakenIn = 'new' | 'known' | 'gone' | 'failed';

export interface TakeInDeps {
  readTwilio: ReadTwilio;
  receiveMessage: ReceiveMessage;
  apiBaseUrl: string;
  log: Logger;
}

/**
 * Takes in one message that is not here, the way its webhook would have.
 *
 * @throws TwilioError for an outage or a refusal, which are not the message's own
 */
export type TakeInMessage = (
  accountSid: string,
  message: ListedMessage,
  signal: AbortSignal,
) => Promise<TakenIn>;

// Just after arrival Twilio may not list all media yet. Taken in without them, the message would be
// known when its webhook comes, and they would be lost.
const SETTLED_AFTER_MS = 3_600_000;

export function createTakeInMessage(deps: TakeInDeps): TakeInMessage {
  const { readTwilio, receiveMessage, apiBaseUrl, log } = deps;

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
      return await receiveMessage(toInboundMessage(accountSid, message, media, apiBaseUrl));
    } catch (error) {
      if (!(error instanceof TwilioError) || error.trouble !== 'rejected') throw error;
      log.warn({ accountSid, messageSid }, `message not taken in: ${error.message}`);
      return 'failed';
    }
  };

  async function listMedia(accountSid: string, messageSid: string, signal: AbortSignal) {
    const json = await readTwilio(accountSid, mediaPage(accountSid, messageSid), signal).catch(
      (error) => {
        if (error instanceof TwilioError && error.trouble === 'absent') return { media_list: [] };
        throw error;
      },
    );
    return readMediaList(accountSid, json);
  }
}
