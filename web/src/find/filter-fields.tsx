import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { strings } from '../strings.ts';

/** What is wrong with a field, read aloud with it. */
export function FieldProblem({ id, text }: { id: string; text: string | undefined }) {
  return (
    <span id={id} class="problem" role="alert">
      {text}
    </span>
  );
}

export function TextField(props: {
  label: string;
  value: string;
  problem: string | undefined;
  onChange: (value: string) => void;
  autofocus?: boolean;
}) {
  const { label, value, problem, onChange, autofocus = false } = props;
  const id = useId();
  return (
    <div class="filter-field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        value={value}
        // A finger would get the keyboard over half of the panel.
        autofocus={autofocus && matchMedia('(hover: hover)').matches}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        dir="auto"
        aria-invalid={problem !== undefined}
        aria-describedby={problem && `${id}-problem`}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
      <FieldProblem id={`${id}-problem`} text={problem} />
    </div>
  );
}

/** One of several values, or any. */
export function Choice<T extends string>(props: {
  name: string;
  label: string;
  value: string;
  options: readonly T[];
  texts: Readonly<Record<T, string>>;
  problem: string | undefined;
  onChange: (value: string) => void;
  children?: ComponentChildren;
}) {
  const { name, label, value, options, texts, problem, onChange, children } = props;
  const choices = [['', strings.find.any], ...options.map((option) => [option, texts[option]])];
  return (
    <fieldset>
      <legend>{label}</legend>
      <div class="choice">
        {choices.map(([option = '', text]) => (
          <label key={option}>
            <input
              type="radio"
              name={name}
              value={option}
              checked={option === value}
              onChange={() => onChange(option)}
            />
            <span>{text}</span>
          </label>
        ))}
      </div>
      {children}
      <FieldProblem id={`problem-${name}`} text={problem} />
    </fieldset>
  );
}
