import { useState } from 'preact/hooks';
import { go } from '../address.ts';
import { KINDS } from '../find/filter.ts';
import { readAddress } from '../find/read-search.ts';
import { strings } from '../strings.ts';
import { AGES, type QueueFilter, type QueueName } from './queue-filter.ts';

const texts = strings.desk.filter;
const KIND_NAMES = Object.keys(KINDS) as (keyof typeof KINDS)[];
const AGE_NAMES = Object.keys(AGES) as (keyof typeof AGES)[];

/** Limits what is worked off. Another filter begins anew. */
export function QueueFilterRow({ name, filter }: { name: QueueName; filter: QueueFilter }) {
  const [from, setFrom] = useState(filter.from ?? '');
  const [label, setLabel] = useState(filter.label ?? '');
  const [isWrong, setWrong] = useState(false);

  function apply(change: Record<string, string | undefined>): void {
    const entries = Object.entries({ ...filter, ...change }).filter(([, value]) => value);
    const queue = { name, filter: Object.fromEntries(entries) as QueueFilter };
    go({ page: 'desk', filter: {}, queue }, 'replace');
  }

  function submit(event: Event): void {
    event.preventDefault();
    const address = from.trim() === '' ? '' : readAddress(from);
    setWrong(address === null);
    if (address !== null) apply({ from: address, label: label.trim() });
  }

  return (
    <form class="desk-filter" onSubmit={submit} aria-label={strings.find.filter}>
      <input
        type="text"
        aria-label={strings.find.fields.from}
        placeholder={strings.find.fields.from}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? 'desk-filter-problem' : undefined}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        value={from}
        onInput={({ currentTarget }) => setFrom(currentTarget.value)}
      />
      <input
        type="text"
        aria-label={texts.label}
        placeholder={texts.label}
        autocomplete="off"
        autocapitalize="none"
        value={label}
        onInput={({ currentTarget }) => setLabel(currentTarget.value)}
      />
      <select
        aria-label={strings.find.fields.kind}
        value={filter.kind ?? ''}
        onChange={({ currentTarget }) => apply({ kind: currentTarget.value })}
      >
        <option value="">{texts.anyKind}</option>
        {KIND_NAMES.map((kind) => (
          <option key={kind} value={kind}>
            {strings.find.kinds[kind]}
          </option>
        ))}
      </select>
      <select
        aria-label={texts.age}
        value={filter.age ?? ''}
        onChange={({ currentTarget }) => apply({ age: currentTarget.value })}
      >
        <option value="">{texts.anyAge}</option>
        {AGE_NAMES.map((age) => (
          <option key={age} value={age}>
            {texts.ages[age]}
          </option>
        ))}
      </select>
      <button type="submit" class="text-button">
        {strings.find.submit}
      </button>
      <p id="desk-filter-problem" class="problem" role="alert">
        {isWrong && strings.find.problems.address}
      </p>
    </form>
  );
}
