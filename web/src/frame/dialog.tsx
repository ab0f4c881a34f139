import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { strings } from '../strings.ts';
import { IconButton } from './icons.tsx';

/** A modal dialog: the browser keeps the focus inside, and gives it back at the end. Escape closes it. */
export function Dialog(props: {
  title: string;
  /** Undefined: it cannot be closed without doing what it asks for. */
  onClose?: () => void;
  children: ComponentChildren;
  class?: string;
}) {
  const { title, onClose, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Its end comes before the element is removed, with which the focus would be lost.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`dialog ${props.class ?? ''}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClose={({ currentTarget }) => {
        // The second Escape in a row closes it whatever `cancel` says.
        if (!currentTarget.isConnected || currentTarget.open) return;
        if (onClose) onClose();
        else currentTarget.showModal();
      }}
    >
      <div class="dialog-head">
        <h2 id={titleId}>{title}</h2>
        {onClose && <IconButton icon="close" label={strings.dialog.close} onClick={onClose} />}
      </div>
      {children}
    </dialog>
  );
}
