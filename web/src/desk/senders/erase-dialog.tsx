import { useId, useState } from 'preact/hooks';
import { api, bodyOf } from '../../api/client.ts';
import { readAddress } from '../../find/read-search.ts';
import { Dialog } from '../../frame/dialog.tsx';
import { strings } from '../../strings.ts';
import { useSource } from '../../viewer/use-source.ts';
import { ReasonFields, reasonGiven } from '../reason-fields.tsx';

const texts = strings.desk.senders;

/** Counts what an erasure would erase, and begins it once the number is typed again. */
export function EraseDialog(props: {
  address: string;
  /** @param id of the erasure */
  onBegun: (id: string) => void;
  onClose: () => void;
}) {
  const { address, onBegun, onClose } = props;
  const found = useSource(address, ({ signal }) => count(address, signal));
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const id = useId();

  async function erase(event: Event): Promise<void> {
    event.preventDefault();
    if (readAddress(typed) !== address) {
      setProblem(texts.wrongNumber);
      return;
    }
    setBusy(true);
    setProblem(undefined);
    try {
      const body = { address, ...reasonGiven() };
      const erasure = bodyOf(await api.POST('/api/v1/senders/erasures', { body }));
      if ('dryRun' in erasure) throw new Error(strings.errors.noProblem);
      onBegun(erasure.id);
      onClose();
    } catch (error) {
      setBusy(false);
      setProblem((error as Error).message);
    }
  }

  return (
    <Dialog title={texts.eraseTitle} onClose={onClose}>
      <form class="list-ask" onSubmit={(event) => void erase(event)}>
        <p role="status">
          {found.value
            ? texts.counted(found.value.messages, found.value.media)
            : (found.reason ?? texts.counting)}
        </p>
        <p class="hint">{texts.blockStays}</p>
        <label class="sender-note" for={id}>
          {texts.confirm(address)}
        </label>
        <input
          id={id}
          type="text"
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-problem`}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          value={typed}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <ReasonFields />
        <p id={`${id}-problem`} class="problem" role="alert">
          {problem}
        </p>
        <button
          type="submit"
          class="primary-button danger-button"
          disabled={isBusy || found.value === undefined}
        >
          {texts.erase}
        </button>
      </form>
    </Dialog>
  );
}

async function count(
  address: string,
  signal: AbortSignal,
): Promise<{ messages: number; media: number }> {
  const body = { address, dryRun: true };
  const counted = bodyOf(await api.POST('/api/v1/senders/erasures', { body, signal }));
  if (!('dryRun' in counted)) throw new Error(strings.errors.noProblem);
  return counted;
}
