import type { TargetedInputEvent } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { ApiProblem } from '../api/api-problem.ts';
import { strings } from '../strings.ts';
import { linkProblem, signIn } from './session.ts';

/** Asks for an API key. */
export function SignInForm() {
  const [key, setKey] = useState('');
  const [isShown, setShown] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState(linkProblem.value && strings.signIn.linkUsed);
  const input = useRef<HTMLInputElement>(null);
  // It is all that there is to do.
  useEffect(() => input.current?.focus(), []);
  const keyId = useId();
  const problemId = useId();

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    try {
      await signIn(key.trim());
    } catch (error) {
      setProblem(
        error instanceof ApiProblem && error.status === 401
          ? strings.signIn.wrong
          : (error as Error).message,
      );
      setBusy(false);
    }
  }

  const field = {
    ref: input,
    id: keyId,
    autocomplete: 'current-password',
    autocapitalize: 'none',
    spellcheck: false,
    required: true,
    value: key,
    'aria-invalid': problem !== null,
    'aria-describedby': problem === null ? undefined : problemId,
    onInput: ({ currentTarget }: TargetedInputEvent<HTMLInputElement>) =>
      setKey(currentTarget.value),
  } as const;
  return (
    <form class="sign-in-form" onSubmit={(event) => void submit(event)}>
      <label for={keyId}>{strings.signIn.key}</label>
      {isShown ? <input type="text" {...field} /> : <input type="password" {...field} />}
      <label class="check">
        <input
          type="checkbox"
          checked={isShown}
          onChange={({ currentTarget }) => setShown(currentTarget.checked)}
        />
        {strings.signIn.showKey}
      </label>
      <p id={problemId} class="problem" role="alert">
        {problem}
      </p>
      <button type="submit" class="primary-button" disabled={isBusy}>
        {strings.signIn.submit}
      </button>
      <p class="hint">{strings.signIn.help}</p>
    </form>
  );
}
