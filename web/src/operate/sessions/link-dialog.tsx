import { useState } from 'preact/hooks';
import { ApiProblem } from '../../api/api-problem.ts';
import { api, bodyOf } from '../../api/client.ts';
import type { SignInLink } from '../../api/types.ts';
import { useSubmit } from '../../desk/lists/confirm-dialog.tsx';
import { clockText } from '../../frame/day-text.ts';
import { Dialog } from '../../frame/dialog.tsx';
import { strings } from '../../strings.ts';
import { FormField } from '../form-field.tsx';
import { SecretDialog } from '../secret-dialog.tsx';

const texts = strings.operate.sessions;

/**
 * Makes a link that signs in once, with the rights of a key that has to be given: a session creates none, because it
 * would live on in another one.
 */
export function LinkDialog({ onClose }: { onClose: () => void }) {
  const [key, setKey] = useState('');
  const [link, setLink] = useState<SignInLink>();
  const { isBusy, problem, submit } = useSubmit(async () => {
    const headers = { Authorization: `Bearer ${key.trim()}` };
    setLink(bodyOf(await api.POST('/api/v1/session/links', { headers })));
  });
  if (link !== undefined) {
    return (
      <SecretDialog
        title={texts.linkTitle}
        label={texts.linkLabel}
        secret={link.url}
        onClose={onClose}
      >
        <p>{texts.linkUntil(clockText(link.expiresAt))}</p>
      </SecretDialog>
    );
  }
  return (
    <Dialog title={texts.linkTitle} onClose={onClose}>
      <form class="operate-form" onSubmit={submit}>
        <p>{texts.linkHelp}</p>
        <FormField
          label={texts.key}
          hint={texts.keyHint}
          value={key}
          onInput={setKey}
          problem={problem && problemText(problem)}
          input={{ type: 'password', required: true, autofocus: true, pattern: '[\\x21-\\x7e]+' }}
        />
        <button type="submit" class="primary-button" disabled={isBusy}>
          {texts.createLink}
        </button>
      </form>
    </Dialog>
  );
}

function problemText(problem: Error): string {
  const status = problem instanceof ApiProblem ? problem.status : 0;
  if (status === 401) return strings.signIn.wrong;
  return status === 403 ? texts.notAdmin : problem.message;
}
