import { useId, useState } from 'preact/hooks';
import { api } from '../../api/client.ts';
import type { Sender } from '../../api/types.ts';
import { notify, notifyError } from '../../frame/announcements.tsx';
import { strings } from '../../strings.ts';
import { clearReason, ReasonFields, reasonGiven } from '../reason-fields.tsx';

const texts = strings.desk.senders;
const POLICIES = ['none', 'quarantine', 'refuse'] as const;
const NOTE_LENGTH = 2000;

/** How messages of a sender are handled from now on. @param sender undefined: nothing was decided */
export function SenderForm(props: { address: string; sender: Sender | undefined }) {
  const { address, sender } = props;
  const [policy, setPolicy] = useState(sender?.policy ?? 'none');
  const [muted, setMuted] = useState(sender?.muted ?? false);
  const [note, setNote] = useState(sender?.note ?? '');
  const [isBusy, setBusy] = useState(false);
  const id = useId();

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    try {
      const text = note.trim();
      const settings = { address, policy, muted, note: text === '' ? null : text };
      await api.PUT('/api/v1/senders', { body: { ...settings, ...reasonGiven() } });
      clearReason();
      notify({ text: texts.saved });
    } catch (error) {
      notifyError(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form class="sender-form" onSubmit={(event) => void save(event)}>
      <h2>{texts.settings}</h2>
      <fieldset>
        <legend class="visually-hidden">{texts.handling}</legend>
        {POLICIES.map((name) => (
          <label key={name} class="check">
            <input
              type="radio"
              name={id}
              checked={name === policy}
              onChange={() => setPolicy(name)}
            />
            <span>
              {texts.policies[name]}
              {texts.policyHelp[name] !== '' && <small>{texts.policyHelp[name]}</small>}
            </span>
          </label>
        ))}
      </fieldset>
      <label class="check">
        <input
          type="checkbox"
          checked={muted}
          onChange={({ currentTarget }) => setMuted(currentTarget.checked)}
        />
        <span>
          {texts.muted}
          <small>{texts.mutedHelp}</small>
        </span>
      </label>
      <label class="sender-note">
        {texts.note}
        <textarea
          rows={3}
          maxLength={NOTE_LENGTH}
          dir="auto"
          aria-describedby={`${id}-note`}
          value={note}
          onInput={({ currentTarget }) => setNote(currentTarget.value)}
        />
      </label>
      <small id={`${id}-note`}>{texts.noteHelp}</small>
      <ReasonFields />
      <button type="submit" class="primary-button" disabled={isBusy}>
        {texts.save}
      </button>
    </form>
  );
}
