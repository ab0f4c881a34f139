import { useState } from 'preact/hooks';
import { isGone } from '../../api/api-problem.ts';
import { api, bodyOf } from '../../api/client.ts';
import type { Endpoint } from '../../api/types.ts';
import { ConfirmDialog } from '../../desk/lists/confirm-dialog.tsx';
import { notify, notifyError } from '../../frame/announcements.tsx';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';
import { EndpointForm } from './endpoint-form.tsx';
import { EndpointSecretDialog } from './endpoint-secret.tsx';
import { ResendDialog } from './resend-dialog.tsx';

const texts = strings.operate.endpoints;

/** What can be done with an endpoint. */
export function EndpointActs(props: {
  endpoint: Endpoint;
  onChange: () => void;
  onDeleted: () => void;
}) {
  const { endpoint, onChange, onDeleted } = props;
  const { id } = endpoint;
  const [asked, setAsked] = useState<'resend' | 'change' | 'rotate' | 'delete'>();
  const [rotated, setRotated] = useState<{ secret: string; previousSecretUntil: string }>();
  const close = () => setAsked(undefined);
  const params = { path: { id } };
  const isPaused = endpoint.state === 'paused';

  async function pauseOrResume(): Promise<void> {
    try {
      const state = isPaused ? 'active' : 'paused';
      await api.PATCH('/api/v1/endpoints/{id}', { params, body: { state } });
      notify({ text: isPaused ? texts.resumed : texts.paused });
    } catch (error) {
      notifyError(error);
    }
    onChange();
  }

  async function sendTest(): Promise<void> {
    try {
      await api.POST('/api/v1/endpoints/{id}/test', { params });
      notify({ text: texts.testSent });
    } catch (error) {
      notifyError(error);
    }
    onChange();
  }

  async function rotate(): Promise<void> {
    const answer = await api.POST('/api/v1/endpoints/{id}/rotate-secret', { params });
    close();
    setRotated(bodyOf(answer));
    onChange();
  }

  async function remove(): Promise<void> {
    try {
      await api.DELETE('/api/v1/endpoints/{id}', { params });
    } catch (error) {
      // Somebody else was quicker.
      if (!isGone(error)) throw error;
    }
    close();
    notify({ text: texts.deleted });
    onDeleted();
  }

  return (
    <div class="operate-head endpoint-acts">
      <button type="button" class="text-button" onClick={() => void pauseOrResume()}>
        {isPaused ? texts.resume : texts.pause}
      </button>
      {!isPaused && (
        <>
          <button type="button" class="text-button" onClick={() => void sendTest()}>
            {texts.test}
          </button>
          <button type="button" class="text-button" onClick={() => setAsked('resend')}>
            {texts.resendRange}
          </button>
        </>
      )}
      <button type="button" class="text-button" onClick={() => setAsked('change')}>
        {texts.change}
      </button>
      <button type="button" class="text-button" onClick={() => setAsked('rotate')}>
        {texts.rotate}
      </button>
      <button type="button" class="text-button" onClick={() => setAsked('delete')}>
        {texts.delete}
      </button>
      {asked === 'resend' && <ResendDialog id={id} onSent={onChange} onClose={close} />}
      {asked === 'change' && (
        <EndpointForm
          title={texts.changeTitle}
          label={texts.save}
          endpoint={endpoint}
          save={async (body) => {
            await api.PATCH('/api/v1/endpoints/{id}', { params, body });
            close();
            notify({ text: texts.saved });
            onChange();
          }}
          onClose={close}
        />
      )}
      {asked === 'rotate' && (
        <ConfirmDialog title={texts.rotateTitle} label={texts.rotate} act={rotate} onClose={close}>
          <p>{texts.rotateHelp}</p>
        </ConfirmDialog>
      )}
      {asked === 'delete' && (
        <ConfirmDialog
          title={texts.deleteTitle}
          label={texts.delete}
          isDanger
          act={remove}
          onClose={close}
        >
          <p>{texts.deleteHelp}</p>
        </ConfirmDialog>
      )}
      {rotated && (
        <EndpointSecretDialog
          title={texts.rotatedTitle}
          secret={rotated.secret}
          note={texts.rotatedHelp(formatTime(rotated.previousSecretUntil))}
          onClose={() => setRotated(undefined)}
        />
      )}
    </div>
  );
}
