import { Prisma } from '../generated/prisma/client.ts';
import { DECISIONS, type Decision } from './decisions.ts';

/** What concerns what arrives later: the attachment still needs a decision. */
export const BLOCK_KINDS = ['block', 'block-sender'] as const;

export const ACT_KINDS = [
  ...(Object.keys(DECISIONS) as Decision[]),
  'delete',
  ...BLOCK_KINDS,
] as const;

export type ActKind = (typeof ACT_KINDS)[number];

type BlockKind = (typeof BLOCK_KINDS)[number];

export function isBlock(act: ActKind): act is BlockKind {
  return BLOCK_KINDS.some((kind) => kind === act);
}

/** The condition on the table `delayed_act` that it decides about its attachment; the indexes of the table have it, too. */
export const DECIDES = Prisma.sql`NOT starts_with(delayed_act.act, 'block')`;

// A kind of its own in the rows of acts and proposals: a worker of a release that does not know it leaves it to another, instead of
// deleting without the block.
const DELETE_AND_BLOCK = 'delete-and-block-sender';

/** An act as rows have it. */
export function storedAct(act: ActKind, blockSender: boolean): string {
  return act === 'delete' && blockSender ? DELETE_AND_BLOCK : act;
}

/** @param stored what `storedAct` has made, and nothing else has written */
export function actOf(stored: string): { act: ActKind; blockSender: boolean } {
  return stored === DELETE_AND_BLOCK
    ? { act: 'delete', blockSender: true }
    : { act: stored as ActKind, blockSender: false };
}
