import { useEffect, useId, useState } from 'preact/hooks';
import { strings } from '../../strings.ts';

/** Looks one entry up; sent empty, it is for all of them. */
export function LookUpField(props: {
  label: string;
  value: string;
  /** What the API takes for what is typed, or null. */
  read: (text: string) => string | null;
  /** What is said of what cannot be read. */
  problem: string;
  onRead: (value: string) => void;
}) {
  const { label, read, problem, onRead } = props;
  const [text, setText] = useState(props.value);
  const [isWrong, setWrong] = useState(false);
  const id = useId();
  // Back and links change it, too.
  useEffect(() => setText(props.value), [props.value]);

  function submit(event: Event): void {
    event.preventDefault();
    const value = text.trim() === '' ? '' : read(text);
    setWrong(value === null);
    if (value !== null) onRead(value);
  }

  return (
    <form class="list-form" onSubmit={submit}>
      <input
        type="text"
        aria-label={label}
        placeholder={label}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? id : undefined}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button type="submit" class="text-button">
        {strings.desk.lists.find}
      </button>
      <p id={id} class="problem" role="alert">
        {isWrong && problem}
      </p>
    </form>
  );
}
