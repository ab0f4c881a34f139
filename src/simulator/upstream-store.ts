import { createFaultScript, type FaultScript } from './faults.ts';
import type {
  CreateMessageInput,
  MessageDirection,
  SimulatedAttachment,
  SimulatedMessage,
} from './simulated-message.ts';

/** A Media resource and its bytes. `sequence` increases with every record of the store. */
export interface UpstreamMedia {
  sid: string;
  accountSid: string;
  messageSid: string;
  sequence: number;
  createdAt: Date;
  attachment: SimulatedAttachment;
  faults: FaultScript;
}

/** A Message resource; `params` are those of its webhook. */
export interface UpstreamMessage {
  sid: string;
  accountSid: string;
  sequence: number;
  sentAt: Date;
  direction: MessageDirection;
  params: Readonly<Record<string, string>>;
  faults: FaultScript;
}

/** The messages and media that Twilio stores until they are deleted. Lists are newest first. */
export interface UpstreamStore {
  /**
   * @throws Error when the message sid is taken, RangeError for a message sent before the last one,
   *   because lists are ordered by date
   */
  add(
    message: SimulatedMessage,
    input: Pick<CreateMessageInput, 'sentAt' | 'direction' | 'faults'>,
  ): void;
  findMessage(accountSid: string, sid: string): UpstreamMessage | null;
  listMessages(accountSid: string): UpstreamMessage[];
  findMedia(accountSid: string, messageSid: string, sid: string): UpstreamMedia | null;
  listMedia(messageSid: string): UpstreamMedia[];
  mediaExists(sid: string): boolean;
  /** Deletes the message and its media: https://support.twilio.com/hc/en-us/articles/223133687 */
  deleteMessage(sid: string): void;
  deleteMedia(sid: string): void;
}

/** Creates an empty store in memory. */
export function createUpstreamStore(): UpstreamStore {
  const messages = new Map<string, UpstreamMessage>();
  const media = new Map<string, UpstreamMedia>();
  const mediaOfMessage = new Map<string, string[]>();
  let sequence = 0;
  let lastSentAt = 0;

  function listMedia(messageSid: string): UpstreamMedia[] {
    const sids = mediaOfMessage.get(messageSid) ?? [];
    return sids.flatMap((sid) => media.get(sid) ?? []).reverse();
  }

  return {
    add({ sid, accountSid, params, media: attached }, { sentAt = new Date(), direction, faults }) {
      if (messages.has(sid)) throw new Error(`Message ${sid} exists already`);
      if (sentAt.getTime() < lastSentAt) throw new RangeError('Sent before the message before it');
      lastSentAt = sentAt.getTime();
      messages.set(sid, {
        sid,
        accountSid,
        sequence: ++sequence,
        sentAt,
        params,
        direction: direction ?? 'inbound',
        faults: createFaultScript(faults ?? []),
      });
      mediaOfMessage.set(
        sid,
        attached.map((item) => item.sid),
      );
      for (const item of attached) {
        media.set(item.sid, {
          sid: item.sid,
          accountSid,
          messageSid: sid,
          sequence: ++sequence,
          createdAt: sentAt,
          attachment: item.attachment,
          faults: createFaultScript(item.attachment.faults ?? []),
        });
      }
    },

    findMessage(accountSid, sid) {
      const message = messages.get(sid);
      return message?.accountSid === accountSid ? message : null;
    },

    listMessages: (accountSid) =>
      [...messages.values()].filter((message) => message.accountSid === accountSid).reverse(),

    findMedia(accountSid, messageSid, sid) {
      const found = media.get(sid);
      return found?.accountSid === accountSid && found.messageSid === messageSid ? found : null;
    },

    listMedia,
    mediaExists: (sid) => media.has(sid),

    deleteMessage(sid) {
      for (const item of listMedia(sid)) media.delete(item.sid);
      messages.delete(sid);
      mediaOfMessage.delete(sid);
    },

    deleteMedia(sid) {
      media.delete(sid);
    },
  };
}
