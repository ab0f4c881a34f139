import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Dialog } from '../frame/dialog.tsx';
import { strings } from '../strings.ts';
import { CopyButton } from '../viewer/copy-button.tsx';
import './operate.css';

/** Shows what is shown only once. Escape does not close it: what is not copied is lost. */
export function SecretDialog(props: {
  title: string;
  /** What the secret is. */
  label: string;
  secret: string;
  /** What is to be done with it. */
  children: ComponentChildren;
  onClose: () => void;
}) {
  const { title, label, secret, children, onClose } = props;
  const id = useId();
  return (
    <Dialog title={title} class="operate-wide">
      <div class="list-ask">
        {children}
        <label for={id}>{label}</label>
        <div class="secret">
          <input
            id={id}
            type="text"
            readOnly
            autofocus
            value={secret}
            onFocus={({ currentTarget }) => currentTarget.select()}
          />
          <CopyButton text={secret} label={strings.operate.copy(label)} />
        </div>
        <button type="button" class="primary-button" onClick={onClose}>
          {strings.operate.stored}
        </button>
      </div>
    </Dialog>
  );
}
