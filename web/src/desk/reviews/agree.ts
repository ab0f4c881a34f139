import { api, bodyOf } from '../../api/client.ts';
import type { ClaimedItem, Proposal } from '../../api/types.ts';
import { notify } from '../../frame/announcements.tsx';
import { type ActOptions, blockSender } from '../../moderation/acts.ts';
import { caller } from '../../session/session.ts';
import { strings } from '../../strings.ts';
import { reasonGiven } from '../reason-fields.tsx';

// Whoever sends the same as was proposed confirms it.

/** What others have proposed to do with an attachment, in the order in which it is confirmed. */
export function proposedByOthers({ escalation }: ClaimedItem): Proposal[] {
  const name = caller.peek()?.name;
  return escalation?.proposals.filter(({ by }) => by !== name) ?? [];
}

/**
 * Blocks the picture at once, and the sender by an act, so that it confirms the proposals.
 *
 * @param onSenderBlocked called when the act has gone out
 * @returns whether all of it is done or waits; what follows one that is not, is not tried
 * @throws ApiProblem
 */
export async function blocksAsProposed(
  blocks: readonly Proposal[],
  onSenderBlocked?: () => void,
): Promise<boolean> {
  for (const proposal of blocks) {
    const isDone =
      proposal.act === 'block'
        ? await blockAsProposed(proposal)
        : await blockSender(proposal.mediaSid, {
            why: whyOf(proposal),
            proposals: [proposal],
            ...(onSenderBlocked && { onDone: onSenderBlocked }),
          });
    if (!isDone) return false;
  }
  return true;
}

/** How a delete is decided so that it confirms a proposal. */
export function deleteAsProposed(
  proposal: Proposal,
): Pick<ActOptions, 'why' | 'reach' | 'blockSender'> {
  const { scope, message, blockSender } = proposal;
  return {
    why: whyOf(proposal),
    blockSender,
    reach: { ...(scope !== null && { scope }), ...(message !== null && { message }) },
  };
}

async function blockAsProposed(proposal: Proposal): Promise<boolean> {
  const { mediaSid: sid, policy, applyToExisting } = proposal;
  const body = {
    ...(policy !== null && { policy }),
    ...(applyToExisting !== null && { applyToExisting }),
    ...whyOf(proposal),
  };
  const answer = await api.POST('/api/v1/media/{sid}/block', { params: { path: { sid } }, body });
  // Somebody has proposed something else meanwhile.
  const isDone = !('proposal' in bodyOf(answer));
  notify({ text: isDone ? strings.acts.done.block : strings.acts.proposed });
  return isDone;
}

/** The code is that of the proposal, the words are the reader's own. */
function whyOf({ reasonCode }: Proposal) {
  return { ...reasonGiven(), reasonCode };
}
