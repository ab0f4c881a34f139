import { useEffect, useId, useState } from 'preact/hooks';
import { go } from '../../address.ts';
import { strings } from '../../strings.ts';
import { type ListFilter, writeListFilter } from '../lists/list-address.ts';

const texts = strings.desk.audit;
const TEXT_FIELDS = [
  ['actor', texts.who],
  ['target', texts.target],
] as const;
const DAY_FIELDS = [
  ['since', texts.from],
  ['until', texts.until],
] as const;

/** Searches the log: what is filled in has to be so of every entry. */
export function AuditFilter({ filter }: { filter: ListFilter }) {
  const [draft, setDraft] = useState(filter);
  const id = useId();
  // Back and links change it, too.
  useEffect(() => setDraft(filter), [writeListFilter(filter)]);
  const change = (name: string, value: string) => setDraft({ ...draft, [name]: value });
  // Days in this form are ordered as texts are.
  const isWrong = Boolean(draft.since && draft.until && draft.until < draft.since);

  function submit(event: Event): void {
    event.preventDefault();
    if (isWrong) return;
    const filled = Object.entries(draft).map(([name, value]) => [name, value.trim()]);
    show(Object.fromEntries(filled.filter(([, value]) => value !== '')));
  }

  return (
    <form class="audit-filter" onSubmit={submit} aria-label={strings.find.filter}>
      {TEXT_FIELDS.map(([name, label]) => (
        <label key={name}>
          {label}
          <input
            type="text"
            maxLength={100}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            value={draft[name] ?? ''}
            onInput={({ currentTarget }) => change(name, currentTarget.value)}
          />
        </label>
      ))}
      <label>
        {texts.did}
        <select
          value={draft.action ?? ''}
          onChange={({ currentTarget }) => change('action', currentTarget.value)}
        >
          <option value="">{texts.anyAction}</option>
          {Object.entries(texts.actions).map(([action, label]) => (
            <option key={action} value={action}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {DAY_FIELDS.map(([name, label]) => (
        <label key={name}>
          {label}
          <input
            type="date"
            value={draft[name] ?? ''}
            aria-invalid={isWrong}
            aria-describedby={isWrong ? id : undefined}
            onInput={({ currentTarget }) => change(name, currentTarget.value)}
          />
        </label>
      ))}
      <div class="audit-acts">
        <button type="submit" class="primary-button">
          {texts.show}
        </button>
        {Object.keys(filter).length > 0 && (
          <button type="button" class="text-button" onClick={() => show({})}>
            {texts.clear}
          </button>
        )}
      </div>
      <p id={id} class="problem" role="alert">
        {isWrong && strings.find.problems.order}
      </p>
    </form>
  );
}

function show(filter: ListFilter): void {
  go({ page: 'desk', filter: {}, list: { name: 'audit', filter } });
}
