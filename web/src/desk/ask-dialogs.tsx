import { useState } from 'preact/hooks';
import type { MediaItem, Proposal } from '../api/types.ts';
import { Dialog } from '../frame/dialog.tsx';
import type { Block } from '../moderation/acts.ts';
import { strings } from '../strings.ts';
import { blockText, isPicture } from './commands.ts';
import { proposedText } from './reviews/proposal-facts.tsx';

const texts = strings.desk;
const MAX_LENGTH = 500;

/** Why somebody else should decide. */
export function EscalateDialog(props: {
  /** What was written before. */
  reason: string;
  onEscalate: (reason: string) => void;
  onClose: () => void;
}) {
  const [reason, setReason] = useState(props.reason);
  return (
    <Dialog title={texts.acts.escalate} onClose={props.onClose}>
      <form
        class="desk-ask"
        onSubmit={(event) => {
          event.preventDefault();
          props.onClose();
          props.onEscalate(reason.trim());
        }}
      >
        <label>
          {texts.escalateWhy}
          <input
            type="text"
            autofocus
            required
            pattern=".*\S.*"
            maxLength={MAX_LENGTH}
            autocomplete="off"
            dir="auto"
            value={reason}
            onInput={({ currentTarget }) => setReason(currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary-button">
          {texts.acts.escalate}
        </button>
      </form>
    </Dialog>
  );
}

/** What happens to copies of an attachment. */
export function BlockDialog(props: {
  item: MediaItem;
  onBlock: (copies: Block) => void;
  onClose: () => void;
}) {
  const { item, onBlock, onClose } = props;
  const [applyToExisting, setApplyToExisting] = useState(false);
  const block = (policy: 'quarantine' | 'delete') => () => {
    onClose();
    onBlock({ policy, applyToExisting });
  };
  return (
    <Dialog title={blockText(item)} onClose={onClose}>
      <p>{texts.blocks.help(isPicture(item) ? texts.blocks.looksTheSame : '')}</p>
      <label class="check">
        <input
          type="checkbox"
          checked={applyToExisting}
          onChange={({ currentTarget }) => setApplyToExisting(currentTarget.checked)}
        />
        {texts.blocks.stored}
      </label>
      <div class="desk-ask-choices">
        <button type="button" class="primary-button" autofocus onClick={block('quarantine')}>
          {texts.blocks.quarantine}
        </button>
        <button type="button" class="text-button" onClick={block('delete')}>
          {texts.blocks.delete}
        </button>
      </div>
    </Dialog>
  );
}

/** Before somebody confirms the block of a picture that another person has proposed: it cannot be taken back by a key. */
export function AgreeDialog(props: {
  /** All that is confirmed. */
  proposals: Proposal[];
  onAgree: () => void;
  onClose: () => void;
}) {
  const { proposals, onAgree, onClose } = props;
  return (
    <Dialog title={texts.acts.agree} onClose={onClose}>
      {proposals.map((proposal) => (
        <p key={proposal.act}>{texts.reviews.proposes(proposal.by, proposedText(proposal))}</p>
      ))}
      <div class="desk-ask-choices">
        <button
          type="button"
          class="primary-button"
          autofocus
          onClick={() => {
            onClose();
            onAgree();
          }}
        >
          {proposals.length > 1 ? texts.acts.agree : texts.acts.blockPicture}
        </button>
      </div>
    </Dialog>
  );
}
