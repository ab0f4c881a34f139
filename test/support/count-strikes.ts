import { createSenderIds } from '../../src/moderation/senders/sender-id.ts';
import { createCountStrikes } from '../../src/moderation/senders/strikes.ts';

/** Counts strikes of senders, in tests of what is not about them. */
export const countStrikes = createCountStrikes(createSenderIds('a secret of tests'));
