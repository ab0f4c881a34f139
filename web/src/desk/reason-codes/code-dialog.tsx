import { useId, useState } from 'preact/hooks';
import { api } from '../../api/client.ts';
import type { ReasonCode } from '../../api/types.ts';
import { notify } from '../../frame/announcements.tsx';
import { Dialog } from '../../frame/dialog.tsx';
import { strings } from '../../strings.ts';
import { useSubmit } from '../lists/confirm-dialog.tsx';

const texts = strings.desk.codes;
const LABEL_LENGTH = 100;
const SEVERITIES = ['low', 'medium', 'high'] as const;
const ACTS = ['none', 'approve', 'hold', 'quarantine', 'delete'] as const;
const PEOPLE = ['1', '2'] as const;
const THIRDS = ['none', 'mute', 'quarantine', 'refuse'] as const;

/** Adds a reason code, or changes one. */
export function CodeDialog(props: {
  /** Undefined: a new one. */
  known: ReasonCode | undefined;
  onSaved: () => void;
  onClose: () => void;
}) {
  const { known, onSaved, onClose } = props;
  const [code, setCode] = useState('');
  const [label, setLabel] = useState(known?.label ?? '');
  const [severity, setSeverity] = useState<ReasonCode['severity']>(known?.severity ?? 'medium');
  const [act, setAct] = useState<(typeof ACTS)[number]>(known?.defaultAct ?? 'none');
  const [people, setPeople] = useState<(typeof PEOPLE)[number]>(known?.reviewers === 2 ? '2' : '1');
  const [onThird, setOnThird] = useState<ReasonCode['onThird']>(known?.onThird ?? 'none');
  const id = useId();
  const { isBusy, problem, submit } = useSubmit(save);

  async function save(): Promise<void> {
    const defaultAct = act === 'none' ? null : act;
    const reviewers = people === '2' ? (2 as const) : (1 as const);
    const fields = { label: label.trim(), severity, defaultAct, reviewers, onThird };
    if (known === undefined) {
      await api.POST('/api/v1/reason-codes', { body: { code: code.trim(), ...fields } });
    } else {
      const params = { path: { code: known.code } };
      await api.PATCH('/api/v1/reason-codes/{code}', { params, body: fields });
    }
    notify({ text: texts.saved });
    onClose();
    onSaved();
  }

  return (
    <Dialog title={known === undefined ? texts.add : texts.changeOf(known.code)} onClose={onClose}>
      <form class="list-ask code-form" onSubmit={submit}>
        {known === undefined && (
          <>
            <label>
              {texts.code}
              <input
                type="text"
                required
                pattern="[a-z0-9_\-]{1,40}"
                aria-describedby={`${id}-code`}
                autocomplete="off"
                autocapitalize="none"
                spellcheck={false}
                value={code}
                onInput={({ currentTarget }) => setCode(currentTarget.value)}
              />
            </label>
            <small id={`${id}-code`}>{texts.codeHelp}</small>
          </>
        )}
        <label>
          {texts.label}
          <input
            type="text"
            required
            pattern=".*\S.*"
            maxLength={LABEL_LENGTH}
            autocomplete="off"
            dir="auto"
            value={label}
            onInput={({ currentTarget }) => setLabel(currentTarget.value)}
          />
        </label>
        <Choice
          label={texts.severity}
          value={severity}
          of={SEVERITIES}
          names={texts.severities}
          onChoose={setSeverity}
        />
        <Choice
          label={texts.defaultAct}
          value={act}
          of={ACTS}
          names={texts.suggests}
          onChoose={setAct}
        />
        <Choice
          label={texts.reviewers}
          value={people}
          of={PEOPLE}
          names={texts.people}
          onChoose={setPeople}
        />
        <Choice
          label={texts.onThird}
          value={onThird}
          of={THIRDS}
          names={texts.thirds}
          onChoose={setOnThird}
        />
        <p class="problem" role="alert">
          {problem?.message}
        </p>
        <button type="submit" class="primary-button" disabled={isBusy}>
          {texts.save}
        </button>
      </form>
    </Dialog>
  );
}

function Choice<T extends string>(props: {
  label: string;
  value: T;
  of: readonly T[];
  names: Readonly<Record<T, string>>;
  onChoose: (value: T) => void;
}) {
  const { label, value, of, names, onChoose } = props;
  return (
    <label>
      {label}
      <select
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = of.find((one) => one === currentTarget.value);
          if (chosen !== undefined) onChoose(chosen);
        }}
      >
        {of.map((one) => (
          <option key={one} value={one}>
            {names[one]}
          </option>
        ))}
      </select>
    </label>
  );
}
