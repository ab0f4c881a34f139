import { useEffect, useRef, useState } from 'preact/hooks';
import { filter } from '../address.ts';
import { api } from '../api/client.ts';
import { Dialog } from '../frame/dialog.tsx';
import { isModerator } from '../session/session.ts';
import { strings } from '../strings.ts';
import { applyFilter } from './apply-filter.ts';
import {
  checkDraft,
  type Draft,
  draftOf,
  EMPTY_DRAFT,
  type FieldProblems,
  problemsOf,
} from './check-filter.ts';
import { type Filter, KINDS, MODERATIONS, queryOf, STATES } from './filter.ts';
import { Choice, FieldProblem, TextField } from './filter-fields.tsx';
import { SimilarButton } from './similar-button.tsx';
import './filter-panel.css';

const texts = strings.find;
const KIND_NAMES = Object.keys(KINDS) as (keyof typeof KINDS)[];

/** Everything that the grid can be limited to. Over a part of the page on desks, a sheet on phones. */
export function FilterPanel({ onClose }: { onClose: () => void }) {
  const [draft, setDraft] = useState<Draft>(draftOf(filter.value));
  const [problems, setProblems] = useState<FieldProblems>({});
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => closeOutside(onClose), [onClose]);
  // It may be out of view.
  useEffect(() => focusProblem(form.current), [problems]);

  const set = (name: keyof Filter) => (value: string) => change({ [name]: value });

  function change(values: Partial<Draft>): void {
    setDraft((before) => ({ ...before, ...values }));
    // Said again when it is sent, if it is still so.
    setProblems({});
  }

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const checked = checkDraft(draft);
    if (Object.keys(checked.problems).length > 0) {
      setProblems(checked.problems);
      return;
    }
    setBusy(true);
    try {
      await api.GET('/api/v1/media', {
        params: { query: { ...queryOf(checked.filter), limit: 1 } },
      });
    } catch (error) {
      const refused = problemsOf(error);
      if (Object.keys(refused).length > 0) {
        setProblems(refused);
        return;
      }
      // The list itself says what else goes wrong.
    } finally {
      setBusy(false);
    }
    onClose();
    applyFilter(checked.filter);
  }

  const field = (name: 'from' | 'to' | 'text' | 'sha256') => ({
    label: texts.fields[name],
    value: draft[name],
    problem: problems[name],
    onChange: set(name),
  });
  const choice = (name: 'kind' | 'state' | 'moderation' | 'hasLocation') => ({
    name,
    label: texts.fields[name],
    value: draft[name],
    problem: problems[name],
    onChange: set(name),
  });
  return (
    <Dialog title={texts.filter} onClose={onClose} class="filter-panel">
      <SimilarButton onOpen={onClose} />
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <div class="filter-pair">
          <TextField {...field('from')} autofocus />
          <TextField {...field('to')} />
        </div>
        {!(problems.from ?? problems.to) && <p class="hint">{texts.addressHint}</p>}
        <TextField {...field('text')} />
        <Days draft={draft} problems={problems} onChange={change} />
        <Choice {...choice('kind')} options={KIND_NAMES} texts={texts.kinds}>
          {draft.kind === 'audio' && <p class="hint">{texts.audioHint}</p>}
          {draft.kind === 'text' && <p class="hint">{texts.textHint}</p>}
        </Choice>
        <Choice {...choice('state')} options={STATES} texts={texts.states} />
        {isModerator.value && (
          <Choice {...choice('moderation')} options={MODERATIONS} texts={texts.moderations} />
        )}
        <Choice {...choice('hasLocation')} options={['true', 'false']} texts={texts.locations} />
        {(filter.value.sha256 ?? problems.sha256) !== undefined && (
          <TextField {...field('sha256')} />
        )}
        <div class="filter-acts">
          <button type="button" class="text-button" onClick={() => change({ ...EMPTY_DRAFT })}>
            {texts.clear}
          </button>
          <button type="submit" class="primary-button" disabled={isBusy}>
            {texts.submit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Days(props: {
  draft: Draft;
  problems: FieldProblems;
  onChange: (values: Partial<Draft>) => void;
}) {
  const { draft, problems, onChange } = props;
  const today = new Date();
  const ranges: [label: string, since: Date][] = [
    [texts.today, today],
    [texts.lastWeek, new Date(today.getFullYear(), today.getMonth(), today.getDate() - 6)],
    [texts.thisMonth, new Date(today.getFullYear(), today.getMonth(), 1)],
  ];
  return (
    <fieldset>
      <legend class="visually-hidden">{texts.days}</legend>
      <div class="filter-pair">
        {(['since', 'until'] as const).map((name) => (
          <label key={name}>
            {texts.fields[name]}
            <input
              type="date"
              value={draft[name]}
              aria-invalid={problems[name] !== undefined}
              aria-describedby={problems[name] && `problem-${name}`}
              onInput={({ currentTarget }) => onChange({ [name]: currentTarget.value })}
            />
            <FieldProblem id={`problem-${name}`} text={problems[name]} />
          </label>
        ))}
      </div>
      <div class="quick-days">
        {ranges.map(([label, since]) => (
          <button
            key={label}
            type="button"
            class="text-button"
            onClick={() => onChange({ since: dayOf(since), until: dayOf(today) })}
          >
            {label}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

/** The local day, `YYYY-MM-DD`. */
function dayOf(time: Date): string {
  const parts = [time.getMonth() + 1, time.getDate()].map((part) => String(part).padStart(2, '0'));
  return [String(time.getFullYear()).padStart(4, '0'), ...parts].join('-');
}

/** Leads to the first field that something is wrong with. */
function focusProblem(form: HTMLFormElement | null): void {
  const problem = form?.querySelector('.problem:not(:empty)');
  const field = problem?.parentElement;
  field?.querySelector<HTMLElement>('input:checked, input:not([type="radio"])')?.focus();
}

/** A click beside the panel closes it. */
function closeOutside(close: () => void): () => void {
  let pressed: EventTarget | null = null;
  function onPress({ target }: PointerEvent): void {
    pressed = target;
  }
  function onClick({ target, clientX, clientY }: MouseEvent): void {
    // What is behind an open dialog belongs to it, as does a mouse that selects text and leaves the dialog.
    if (!(target instanceof HTMLDialogElement) || pressed !== target) return;
    const { left, right, top, bottom } = target.getBoundingClientRect();
    const isInside = clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
    if (!isInside) close();
  }
  document.addEventListener('pointerdown', onPress);
  document.addEventListener('click', onClick);
  return () => {
    document.removeEventListener('pointerdown', onPress);
    document.removeEventListener('click', onClick);
  };
}
