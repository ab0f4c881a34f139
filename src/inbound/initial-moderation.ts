import type { Transaction } from '../database/database.ts';
import type { Moderation } from '../generated/prisma/client.ts';
import type { InboundMessage } from './inbound-message.ts';

/** Initial moderation of a message and its attachments. */
export interface InitialModeration {
  /** Of the attachments. */
  moderation: Moderation;
  message: {
    moderation: Moderation;
    /** Until a moderator decides about the message itself, its state follows that of its attachments. */
    followsMedia: boolean;
  };
  /** None of its attachments is fetched. */
  isRefused: boolean;
  /** The rule that decided; null without a decision. */
  decidedBy: string | null;
  /** Its sender was erased after it was received: nothing of its content may be written. */
  isErased: boolean;
}

/** The defaults of `MODERATION_MODE`, for senders without a policy of their own. */
export interface ModerationDefaults {
  media: Moderation;
  message: InitialModeration['message'];
}

type Sent = Pick<InboundMessage, 'from' | 'receivedAt'>;

/** Looks up the initial moderation of new messages, in the transaction that writes them. */
export type InitialModerationOf = (
  tx: Transaction,
  messages: readonly Sent[],
) => Promise<(message: Sent) => InitialModeration>;

/**
 * Turns messages whose `InitialModeration` is erased into tombstones, and requests deletion of the upstream
 * copies.
 *
 * @param messages as they were received; each has a row already, from a webhook or from reconciliation
 * @param tx the caller commits it
 */
export type EraseLate = (
  tx: Transaction,
  messages: readonly Pick<InboundMessage, 'sid' | 'from' | 'receivedAt'>[],
) => Promise<void>;
