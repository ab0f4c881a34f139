import { useId, useState } from 'preact/hooks';
import { api, bodyOf } from '../../api/client.ts';
import { useSubmit } from '../../desk/lists/confirm-dialog.tsx';
import { notify } from '../../frame/announcements.tsx';
import { Dialog } from '../../frame/dialog.tsx';
import { strings } from '../../strings.ts';
import { FormField, FormGroup, problemOfField, problemOfForm } from '../form-field.tsx';
import { EventChoice } from './event-choice.tsx';
import type { EventType } from './event-types.ts';

const texts = strings.operate.endpoints;
const STATES = [null, 'failed', 'delivered'] as const;
/** The most that the API sends again at once. */
const MOST = 10_000;

/** Sends the events of a range of time again: it counts first, and asks whether to send so many. */
export function ResendDialog(props: { id: string; onSent: () => void; onClose: () => void }) {
  const { id, onSent, onClose } = props;
  const [since, setSince] = useState('');
  const [until, setUntil] = useState('');
  const [state, setState] = useState<(typeof STATES)[number]>(null);
  const [types, setTypes] = useState<EventType[] | null>(null);
  const [count, setCount] = useState<number>();
  const group = useId();
  const { isBusy, problem, submit } = useSubmit(async () => {
    const request = {
      since: new Date(since).toISOString(),
      ...(until !== '' && { until: new Date(until).toISOString() }),
      state,
      types,
    };
    const send = async (dryRun: boolean) => {
      const body = { ...request, dryRun };
      const params = { path: { id } };
      return bodyOf(await api.POST('/api/v1/endpoints/{id}/resend', { params, body })).count;
    };
    if (count === undefined) {
      setCount(await send(true));
      return;
    }
    notify({ text: texts.rangeResent(await send(false)) });
    onSent();
    onClose();
  });
  /** What was counted is not what is asked for any more. */
  const changed =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      setCount(undefined);
      set(value);
    };

  return (
    <Dialog title={texts.resendRange} onClose={onClose}>
      <form class="operate-form" onSubmit={submit}>
        <p>{texts.resendHelp}</p>
        <FormField
          label={texts.resendSince}
          hint={texts.resendSinceHint}
          value={since}
          onInput={changed(setSince)}
          problem={problemOfField(problem, 'since')}
          input={{ type: 'datetime-local', required: true, autofocus: true }}
        />
        <FormField
          label={texts.resendUntil}
          hint={texts.resendUntilHint}
          value={until}
          onInput={changed(setUntil)}
          problem={problemOfField(problem, 'until')}
          input={{ type: 'datetime-local' }}
        />
        <FormGroup label={texts.deliveries}>
          {STATES.map((value) => (
            <label key={value} class="check">
              <input
                type="radio"
                name={group}
                checked={state === value}
                onChange={() => changed(setState)(value)}
              />
              {value === null ? texts.resendBoth : texts.deliveryStates[value]}
            </label>
          ))}
        </FormGroup>
        <EventChoice
          types={types}
          onChange={changed(setTypes)}
          all={texts.resendAll}
          problem={problemOfField(problem, 'types')}
        />
        <p class="problem" role="alert">
          {problemOfForm(problem, ['since', 'until', 'types'])}
        </p>
        <p role="status">
          {count !== undefined && (count > MOST ? texts.tooMany(MOST) : texts.matching(count))}
        </p>
        <button
          type="submit"
          class="primary-button"
          disabled={isBusy || count === 0 || (count ?? 0) > MOST}
        >
          {count === undefined ? texts.count : texts.resend}
        </button>
      </form>
    </Dialog>
  );
}
