import { useState } from 'preact/hooks';
import { Dialog } from '../frame/dialog.tsx';
import { strings } from '../strings.ts';

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

/** What happens to copies of a picture. It cannot be taken back by a key, so it asks. */
export function BlockDialog(props: {
  onBlock: (policy: 'quarantine' | 'delete') => void;
  onClose: () => void;
}) {
  const block = (policy: 'quarantine' | 'delete') => () => {
    props.onClose();
    props.onBlock(policy);
  };
  return (
    <Dialog title={texts.acts.blockPicture} onClose={props.onClose}>
      <p>{texts.blocks.pictureHelp}</p>
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
