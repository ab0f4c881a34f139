import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Dialog } from '../../frame/dialog.tsx';

/** Asks before something that cannot be taken back, and stays open when it did not work. */
export function ConfirmDialog(props: {
  title: string;
  /** What is done. */
  label: string;
  /** Whether something is lost by it. */
  isDanger?: boolean;
  /** Closes the dialog at its end: what it opens instead comes in the same moment. */
  act: () => Promise<void>;
  onClose: () => void;
  children: ComponentChildren;
}) {
  const { title, label, isDanger = false, act, onClose, children } = props;
  const { isBusy, problem, submit } = useSubmit(act);
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="list-ask" onSubmit={submit}>
        {children}
        <p class="problem" role="alert">
          {problem?.message}
        </p>
        <button
          type="submit"
          class={`primary-button ${isDanger ? 'danger-button' : ''}`}
          disabled={isBusy}
        >
          {label}
        </button>
      </form>
    </Dialog>
  );
}

/** Sends a form once, and keeps why it did not work. */
export function useSubmit(act: () => Promise<void>): {
  isBusy: boolean;
  problem: Error | undefined;
  submit: (event: Event) => void;
} {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Error>();

  async function run(): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      await act();
    } catch (error) {
      setProblem(error as Error);
    }
    setBusy(false);
  }

  return {
    isBusy,
    problem,
    submit(event) {
      event.preventDefault();
      if (!isBusy) void run();
    },
  };
}
