import { useState } from 'preact/hooks';
import { isGone } from '../../api/api-problem.ts';
import { api } from '../../api/client.ts';
import type { BlocklistEntry } from '../../api/types.ts';
import { notify } from '../../frame/announcements.tsx';
import { Dialog } from '../../frame/dialog.tsx';
import { strings } from '../../strings.ts';
import { useSource } from '../../viewer/use-source.ts';
import { countMedia } from '../read-context.ts';
import { ReasonFields, reasonGiven } from '../reason-fields.tsx';

const texts = strings.desk.blocklist;

/** Asks before an entry is taken out, and says what that changes. */
export function TakeOutDialog(props: {
  entry: BlocklistEntry;
  onTakenOut: () => void;
  onClose: () => void;
}) {
  const { entry, onTakenOut, onClose } = props;
  const { id, kind } = entry;
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  async function takeOut(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    try {
      const params = { path: { id }, query: reasonGiven() };
      await api.DELETE('/api/v1/blocklist/{id}', { params });
    } catch (error) {
      // Somebody else was quicker.
      if (!isGone(error)) {
        setBusy(false);
        setProblem((error as Error).message);
        return;
      }
    }
    notify({ text: texts.removed });
    onClose();
    onTakenOut();
  }

  return (
    <Dialog title={texts.removeTitle(id)} onClose={onClose}>
      <form class="list-ask" onSubmit={(event) => void takeOut(event)}>
        <p>{texts.comesThrough[kind]}</p>
        {kind === 'sha256' ? <SameBytes sha256={entry.hash} /> : <p>{texts.stayUnknown}</p>}
        <ReasonFields />
        <p class="problem" role="alert">
          {problem}
        </p>
        <button type="submit" class="primary-button" disabled={isBusy}>
          {texts.remove}
        </button>
      </form>
    </Dialog>
  );
}

function SameBytes({ sha256 }: { sha256: string }) {
  const { value, reason } = useSource(sha256, ({ signal }) => countMedia({ sha256 }, signal));
  if (reason !== undefined) return <p>{texts.stayUnknown}</p>;
  return <p role="status">{value === undefined ? texts.counting : texts.stay(value)}</p>;
}
