import { z } from 'zod';
import { BlocklistPolicy, type Proposal } from '../../generated/prisma/client.ts';
import { time } from '../../http/fields.ts';
import { mediaSid } from '../../twilio/address-fields.ts';
import { actOf } from '../act-kinds.ts';
import { DELETION_SCOPES } from '../deletions/record-deletion.ts';

const PROPOSED_ACTS = ['delete', 'block', 'block-sender'] as const;

export const proposalSchema = z
  .strictObject({
    mediaSid,
    act: z.enum(PROPOSED_ACTS),
    scope: z.enum(DELETION_SCOPES).nullable().describe('Of a delete.'),
    message: z.boolean().nullable().describe('Of a delete.'),
    blockSender: z.boolean().describe('Of a delete: whether the sender would be blocked, too.'),
    policy: z.enum(BlocklistPolicy).nullable().describe('Of a block.'),
    applyToExisting: z.boolean().nullable().describe('Of a block.'),
    reasonCode: z.string(),
    reason: z.string().nullable(),
    by: z.string().describe('The name of a key, or `proxy:` and that of a user.'),
    at: time,
  })
  .meta({
    id: 'Proposal',
    description: 'A delete or a block that somebody else has to confirm by sending the same.',
  });

export type ProposalItem = z.output<typeof proposalSchema>;

/** The answer to an act that is only proposed. */
export const PROPOSED = {
  description:
    'Nothing is done: its reason code takes two people, and the attachment is escalated.',
  body: z.strictObject({ proposal: proposalSchema }),
};

export function proposalItem(row: Proposal): ProposalItem {
  const { mediaSid, policy, applyToExisting, reasonCode, reason } = row;
  const { act, blockSender } = actOf(row.act);
  return {
    mediaSid,
    // The columns are text, and only `proposeUnlessSecond` writes them.
    act: act as ProposalItem['act'],
    scope: row.scope as ProposalItem['scope'],
    message: row.withMessages,
    blockSender,
    policy,
    applyToExisting,
    reasonCode,
    reason,
    by: row.proposedBy,
    at: row.proposedAt,
  };
}
