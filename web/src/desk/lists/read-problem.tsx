import { strings } from '../../strings.ts';

/** Why something could not be read, and another try. */
export function ReadProblem({ text, onRetry }: { text: string; onRetry: () => void }) {
  return (
    <div class="list-problem" role="alert">
      <p class="problem">{text}</p>
      <button type="button" class="text-button" onClick={onRetry}>
        {strings.desk.lists.tryAgain}
      </button>
    </div>
  );
}
