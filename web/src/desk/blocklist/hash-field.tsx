import { useState } from 'preact/hooks';
import { go } from '../../address.ts';
import { readHash } from '../../find/read-search.ts';
import { strings } from '../../strings.ts';

const texts = strings.desk.blocklist;

/** Looks one hash up; empty, it shows all again. */
export function HashField({ hash }: { hash: string }) {
  const [text, setText] = useState(hash);
  const [isWrong, setWrong] = useState(false);

  function submit(event: Event): void {
    event.preventDefault();
    const read = text.trim() === '' ? '' : readHash(text);
    setWrong(read === null);
    if (read === null) return;
    const filter = read === '' ? {} : { hash: read };
    go({ page: 'desk', filter: {}, list: { name: 'blocklist', filter } });
  }

  return (
    <form class="list-form" onSubmit={submit}>
      <input
        type="text"
        aria-label={texts.hash}
        placeholder={texts.hash}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? 'hash-problem' : undefined}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button type="submit" class="text-button">
        {texts.find}
      </button>
      <p id="hash-problem" class="problem" role="alert">
        {isWrong && texts.hashProblem}
      </p>
    </form>
  );
}
