import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { address, filter } from '../address.ts';
import { Icon } from '../frame/icons.tsx';
import { listenForKeys } from '../frame/shortcuts.ts';
import { strings } from '../strings.ts';
import { applyFilter } from './apply-filter.ts';
import type { Filter } from './filter.ts';
import { isSearchable, meaningsOf } from './read-search.ts';
import './find.css';

/** Looks for words of the texts, a number or a hash. What is typed may mean several things: then it asks which. */
export function SearchField() {
  const [text, setText] = useState(filter.value.text ?? '');
  const [chosen, setChosen] = useState(0);
  const [isFocused, setFocused] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const meanings = meaningsOf(text);
  const isOpen = isFocused && meanings.length > 1;

  useEffect(() => setText(filter.value.text ?? ''), [filter.value.text]);
  useEffect(() => {
    const focus = { keys: ['/'], label: strings.find.focus, run: () => input.current?.select() };
    return listenForKeys([focus]);
  }, []);

  function apply(adds: Filter | undefined): void {
    const { text: _before, ...others } = filter.value;
    input.current?.blur();
    if (adds?.text === undefined) setText('');
    // Emptied: of a conversation there is nothing to take away.
    if (adds === undefined && address.value.page !== 'grid') return;
    applyFilter({ ...others, ...adds });
  }

  function submit(event: Event): void {
    event.preventDefault();
    const meaning = meanings[chosen] ?? meanings[0];
    if (meaning?.adds.text !== undefined && !isSearchable(text)) {
      input.current?.setCustomValidity(strings.find.problems.words);
      input.current?.reportValidity();
      return;
    }
    apply(meaning?.adds);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.preventDefault();
      apply(undefined);
      return;
    }
    if (!isOpen || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
    event.preventDefault();
    const step = event.key === 'ArrowDown' ? 1 : -1;
    setChosen((chosen + step + meanings.length) % meanings.length);
  }

  const combobox = {
    role: 'combobox',
    // Not the suggestions of the browser.
    list: undefined,
    'aria-expanded': isOpen,
    'aria-controls': listId,
    'aria-autocomplete': 'list',
    'aria-activedescendant': isOpen ? `${listId}-${chosen}` : undefined,
  } as const;
  return (
    <search class="search">
      <form onSubmit={submit} noValidate>
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          aria-label={strings.find.search}
          {...combobox}
          placeholder={strings.find.placeholder}
          enterkeyhint="search"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          dir="auto"
          value={text}
          onInput={({ currentTarget }) => {
            currentTarget.setCustomValidity('');
            setText(currentTarget.value);
            setChosen(0);
          }}
          onFocus={() => setFocused(true)}
          onBlur={() => setFocused(false)}
          onKeyDown={onKeyDown}
        />
        <div id={listId} role="listbox" aria-label={strings.find.suggestions} hidden={!isOpen}>
          {isOpen &&
            meanings.map(({ adds, label: [what, typed] }, index) => (
              <div
                key={what}
                id={`${listId}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === chosen}
                // Before the field loses the focus.
                onPointerDown={(event) => {
                  event.preventDefault();
                  apply(adds);
                }}
              >
                {what}
                <bdi>{typed}</bdi>
              </div>
            ))}
        </div>
      </form>
    </search>
  );
}
