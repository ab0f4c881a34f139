import type { Proposal } from '../../api/types.ts';
import { labelOf } from '../../moderation/reason-codes.ts';
import { strings } from '../../strings.ts';

const texts = strings.desk.reviews;

/** What others have proposed, and how it is confirmed. When is that of the escalation. */
export function ProposalFacts({ proposals }: { proposals: Proposal[] }) {
  if (proposals.length === 0) return null;
  return (
    <>
      {proposals.map((proposal) => (
        <p key={proposal.act}>
          <strong>{texts.proposes(proposal.by, proposedText(proposal))}</strong>{' '}
          {texts.because(labelOf(proposal.reasonCode))}
        </p>
      ))}
      <p class="quiet">{texts.agreeHelp(proposals.length)}</p>
    </>
  );
}

/** Such as "delete it" or "block the picture". */
export function proposedText({ act, scope, message, policy, blockSender }: Proposal): string {
  if (act === 'block-sender') return texts.blockSender;
  if (act === 'block') return texts.block[policy ?? 'quarantine'];
  const what = texts.delete[scope ?? 'one'];
  const whole = message === true ? texts.withMessages(what) : what;
  return blockSender ? texts.andBlock(whole) : whole;
}
