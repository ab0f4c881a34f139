import { useId } from 'preact/hooks';
import type { BulkAct } from '../api/types.ts';
import { strings } from '../strings.ts';
import { partDone } from './bulk-words.ts';

const texts = strings.bulk;

/** How far an act is that has not ended. */
export function BulkProgress({ act }: { act: BulkAct }) {
  const { action, total, counts } = act;
  const id = useId();
  return (
    <div class="bulk-progress">
      <p id={id}>
        {texts.doing[action]} <span>{texts.doneOf(total - counts.todo, total)}</span>
      </p>
      <progress aria-labelledby={id} value={partDone(act)} />
    </div>
  );
}
