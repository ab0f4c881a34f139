import { strings } from '../../strings.ts';
import { SecretDialog } from '../secret-dialog.tsx';

const texts = strings.operate.endpoints;

/** Shows what the receiver verifies signatures with, once. @param note what else is to be known about it */
export function EndpointSecretDialog(props: {
  title: string;
  secret: string;
  note?: string;
  onClose: () => void;
}) {
  const { title, secret, note, onClose } = props;
  return (
    <SecretDialog title={title} label={texts.secret} secret={secret} onClose={onClose}>
      <p>{texts.secretHelp}</p>
      {note !== undefined && <p>{note}</p>}
    </SecretDialog>
  );
}
