import { useState } from 'preact/hooks';
import { isGone } from '../../api/api-problem.ts';
import { api } from '../../api/client.ts';
import type { BlocklistEntry } from '../../api/types.ts';
import { strings } from '../../strings.ts';
import { useSource } from '../../viewer/use-source.ts';
import { ConfirmDialog } from '../lists/confirm-dialog.tsx';
import { countMedia } from '../read-context.ts';
import { ReasonFields, reasonGiven } from '../reason-fields.tsx';
import { caughtText } from './caught-text.ts';

const texts = strings.desk.blocklist;

/** Asks before an entry is taken out, and says what that changes. */
export function TakeOutDialog(props: {
  entry: BlocklistEntry;
  onTakenOut: () => void;
  onClose: () => void;
}) {
  const { entry, onTakenOut, onClose } = props;
  const { id, kind, addedWith } = entry;
  const [isBoth, setBoth] = useState(false);

  async function takeOut(): Promise<void> {
    const query = reasonGiven();
    await remove(id, query);
    if (isBoth && addedWith !== null) await remove(addedWith, query);
    onClose();
    onTakenOut();
  }

  return (
    <ConfirmDialog
      title={texts.removeTitle(id)}
      label={texts.remove}
      act={takeOut}
      onClose={onClose}
    >
      <Consequence entry={entry} isBoth={isBoth} />
      {addedWith !== null && (
        <label class="check">
          <input
            type="checkbox"
            checked={isBoth}
            onChange={({ currentTarget }) => setBoth(currentTarget.checked)}
          />
          {texts.alsoOther[kind](addedWith)}
        </label>
      )}
      {kind === 'sha256' && <SameBytes sha256={entry.hash} />}
      {entry.caught > 0 && <p>{texts.stayCaught(caughtText(entry), entry.caught)}</p>}
      <ReasonFields />
    </ConfirmDialog>
  );
}

async function remove(id: string, query: ReturnType<typeof reasonGiven>): Promise<void> {
  try {
    await api.DELETE('/api/v1/blocklist/{id}', { params: { path: { id }, query } });
  } catch (error) {
    // Somebody else was quicker.
    if (!isGone(error)) throw error;
  }
}

/** What comes through, and what does not as long as the other entry of the picture is there. */
function Consequence({ entry, isBoth }: { entry: BlocklistEntry; isBoth: boolean }) {
  const { kind, addedWith } = entry;
  if (addedWith === null) return <p>{texts.comesThrough[kind]}</p>;
  if (isBoth) return <p role="status">{texts.bothComeThrough}</p>;
  return (
    <p role="status">
      {kind === 'pdq' && `${texts.comesThrough.pdq} `}
      {texts.otherStays[kind](addedWith)}
    </p>
  );
}

function SameBytes({ sha256 }: { sha256: string }) {
  const { value, reason } = useSource(sha256, ({ signal }) => countMedia({ sha256 }, signal));
  if (reason !== undefined) return <p>{texts.stayUnknown}</p>;
  return <p role="status">{value === undefined ? texts.counting : texts.stay(value)}</p>;
}
