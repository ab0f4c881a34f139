import type { Transaction } from '../database/database.ts';
import type { Moderation } from '../generated/prisma/client.ts';
import type { InboundMessage } from './inbound-message.ts';

/** How a message and its media begin. */
export interface InitialModeration {
  /** Of the media. */
  moderation: Moderation;
  message: {
    moderation: Moderation;
    /** Until somebody decides about the message itself, its media decide. */
    followsMedia: boolean;
  };
  /** Nothing of it is fetched. */
  isRefused: boolean;
  /** The rule that decided so; null where nobody did. */
  decidedBy: string | null;
  /** Everything of its sender was erased after it was received: no word of it may be written. */
  isErased: boolean;
}

/** What `MODERATION_MODE` says, for senders without a policy of their own. */
export interface ModerationDefaults {
  media: Moderation;
  message: InitialModeration['message'];
}

type Sent = Pick<InboundMessage, 'from' | 'receivedAt'>;

/** Looks up how the media of new messages begin, in the transaction that writes them. */
export type InitialModerationOf = (
  tx: Transaction,
  messages: readonly Sent[],
) => Promise<(message: Sent) => InitialModeration>;

/**
 * Makes tombstones of messages whose `Beginning` is erased, and has Twilio's copies deleted.
 *
 * @param messages as they were received; each has a row, by whatever road it came
 * @param tx the caller commits it
 */
export type EraseLate = (
  tx: Transaction,
  messages: readonly Pick<InboundMessage, 'sid' | 'from' | 'receivedAt'>[],
) => Promise<void>;
