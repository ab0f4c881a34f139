import { useState } from 'preact/hooks';
import { api } from '../../api/client.ts';
import { useSubmit } from '../../desk/lists/confirm-dialog.tsx';
import { readAddress } from '../../find/read-search.ts';
import { Dialog } from '../../frame/dialog.tsx';
import { strings } from '../../strings.ts';
import { FormField, problemOfField, problemOfForm } from '../form-field.tsx';

const texts = strings.operate.reconciliations;

/** Which time is compared with Twilio's list, and whether what is missing is taken in. */
export function ReconciliationForm(props: { onBegun: () => void; onClose: () => void }) {
  const [since, setSince] = useState('');
  const [until, setUntil] = useState('');
  const [to, setTo] = useState('');
  const [dryRun, setDryRun] = useState(false);
  const { isBusy, problem, submit } = useSubmit(async () => {
    const body = {
      since: new Date(since).toISOString(),
      ...(until !== '' && { until: new Date(until).toISOString() }),
      // What cannot be read is sent as it is: the API says what it takes.
      ...(to.trim() !== '' && { to: readAddress(to) ?? to.trim() }),
      dryRun,
    };
    await api.POST('/api/v1/reconciliations', { body });
    props.onBegun();
  });
  return (
    <Dialog title={texts.start} onClose={props.onClose}>
      <form class="operate-form" onSubmit={submit}>
        <FormField
          label={texts.since}
          hint={texts.sinceHint}
          value={since}
          onInput={setSince}
          problem={problemOfField(problem, 'since')}
          input={{ type: 'datetime-local', required: true, autofocus: true }}
        />
        <FormField
          label={texts.untilField}
          hint={texts.untilHint}
          value={until}
          onInput={setUntil}
          problem={problemOfField(problem, 'until')}
          input={{ type: 'datetime-local' }}
        />
        <FormField
          label={texts.to}
          hint={texts.toHint}
          value={to}
          onInput={setTo}
          problem={problemOfField(problem, 'to')}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={dryRun}
            onChange={({ currentTarget }) => setDryRun(currentTarget.checked)}
          />
          {texts.dryRun}
        </label>
        <p class="problem" role="alert">
          {problemOfForm(problem, ['since', 'until', 'to'])}
        </p>
        <button type="submit" class="primary-button" disabled={isBusy}>
          {texts.begin}
        </button>
      </form>
    </Dialog>
  );
}
