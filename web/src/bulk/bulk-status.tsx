import { useEffect } from 'preact/hooks';
import type { BulkAct } from '../api/types.ts';
import { IconButton } from '../frame/icons.tsx';
import { PageLink } from '../frame/page-link.tsx';
import { strings } from '../strings.ts';
import { BulkProgress } from './bulk-progress.tsx';
import { canUndo } from './bulk-selection.ts';
import { outcomeTexts } from './bulk-words.ts';
import { cancelBulk, dismissBulk, followed, followRunning, undoBulk } from './followed-acts.ts';
import './bulk.css';

const texts = strings.bulk;

/** How far the bulk acts of whoever uses the page are, and what has become of them. */
export function BulkStatus() {
  useEffect(() => {
    // The list of the desk says why, where somebody looks for them.
    void followRunning().catch(() => undefined);
  }, []);
  if (followed.value.length === 0) return null;
  return (
    <section class="bulk-status" aria-label={texts.list}>
      {followed.value.map((act) => (
        <FollowedAct key={act.id} act={act} />
      ))}
    </section>
  );
}

function FollowedAct({ act }: { act: BulkAct }) {
  const { id, action, endedAt } = act;
  return (
    <div class="bulk-followed">
      <div class="bulk-followed-head">
        {endedAt === null ? <BulkProgress act={act} /> : <p>{outcomeTexts(act).join(' ')}</p>}
        <IconButton icon="close" label={strings.dialog.close} onClick={() => dismissBulk(id)} />
      </div>
      <div class="bulk-followed-acts">
        {endedAt === null && (
          <button type="button" class="text-button" onClick={() => void cancelBulk(id)}>
            {strings.dialog.cancel}
          </button>
        )}
        {canUndo(act) && (
          <button
            type="button"
            class="text-button"
            aria-label={texts.undoOf(texts.actions[action])}
            onClick={() => void undoBulk(id)}
          >
            {strings.acts.undo}
          </button>
        )}
        <PageLink
          class="text-button"
          to={{ page: 'desk', filter: {}, list: { name: 'bulk', filter: {} } }}
        >
          {texts.list}
        </PageLink>
      </div>
    </div>
  );
}
