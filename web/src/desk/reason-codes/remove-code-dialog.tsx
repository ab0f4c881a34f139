import { isGone } from '../../api/api-problem.ts';
import { api } from '../../api/client.ts';
import { notify } from '../../frame/announcements.tsx';
import { strings } from '../../strings.ts';
import { ConfirmDialog } from '../lists/confirm-dialog.tsx';

const texts = strings.desk.codes;

/** Asks before a reason code is removed, and says what that changes. */
export function RemoveCodeDialog(props: {
  code: string;
  isLast: boolean;
  onRemoved: () => void;
  onClose: () => void;
}) {
  const { code, isLast, onRemoved, onClose } = props;

  async function remove(): Promise<void> {
    try {
      await api.DELETE('/api/v1/reason-codes/{code}', { params: { path: { code } } });
    } catch (error) {
      // Somebody else was quicker.
      if (!isGone(error)) throw error;
    }
    notify({ text: texts.removed });
    onClose();
    onRemoved();
  }

  return (
    <ConfirmDialog
      title={texts.removeTitle(code)}
      label={texts.remove}
      act={remove}
      onClose={onClose}
    >
      <p>{texts.removeHelp}</p>
      {isLast && <p>{texts.removeLast}</p>}
    </ConfirmDialog>
  );
}
