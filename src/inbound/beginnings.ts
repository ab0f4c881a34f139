import type { Moderation } from '../generated/prisma/client.ts';
import type { Transaction } from '../storage/database.ts';
import type { InboundMessage } from './inbound-message.ts';

/** How the media of a message begin. */
export interface Beginning {
  moderation: Moderation;
  /** Nothing of it is fetched. */
  isRefused: boolean;
  /** The rule that decided so; null where nobody did. */
  decidedBy: string | null;
}

/** Looks up how the media of new messages begin, in the transaction that writes them. */
export type BeginningsOf = (
  tx: Transaction,
  messages: readonly Pick<InboundMessage, 'sid' | 'from'>[],
) => Promise<(message: Pick<InboundMessage, 'sid'>) => Beginning>;
