import type { ComponentChildren, InputHTMLAttributes } from 'preact';
import { useId } from 'preact/hooks';
import { ApiProblem } from '../api/api-problem.ts';
import './operate.css';

/** A text field with its label, what it takes, and what is wrong with it. */
export function FormField(props: {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string | undefined;
  problem?: string | undefined;
  /** Of the element, such as `required`. */
  input?: InputHTMLAttributes<HTMLInputElement>;
}) {
  const { label, value, onInput, hint, problem, input } = props;
  const id = useId();
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ');
  return (
    <div class="form-field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        {...input}
        value={value}
        aria-invalid={problem !== undefined}
        aria-describedby={described || undefined}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
      {hint && <small id={`${id}-hint`}>{hint}</small>}
      <span id={`${id}-problem`} class="problem" role="alert">
        {problem}
      </span>
    </div>
  );
}

/** Choices that belong together. */
export function FormGroup(props: {
  label: string;
  hint?: string;
  problem?: string | undefined;
  children: ComponentChildren;
}) {
  const { label, hint, problem, children } = props;
  const id = useId();
  return (
    <fieldset class="form-group" aria-describedby={hint && id}>
      <legend>{label}</legend>
      {hint && <small id={id}>{hint}</small>}
      {children}
      <span class="problem" role="alert">
        {problem}
      </span>
    </fieldset>
  );
}

/** What the API says about a field, or about one of a list of values: `numbers.0`. */
export function problemOfField(problem: Error | undefined, name: string): string | undefined {
  if (!(problem instanceof ApiProblem)) return undefined;
  return problem.fields.find(({ field }) => field.split('.')[0] === name)?.message;
}

/** What is wrong, unless it is said at the fields. */
export function problemOfForm(
  problem: Error | undefined,
  names: readonly string[],
): string | undefined {
  const isSaid = names.some((name) => problemOfField(problem, name) !== undefined);
  return isSaid ? undefined : problem?.message;
}
