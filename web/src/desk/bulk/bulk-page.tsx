import { useEffect, useState } from 'preact/hooks';
import { api, bodyOf } from '../../api/client.ts';
import type { BulkAct } from '../../api/types.ts';
import { BulkProgress } from '../../bulk/bulk-progress.tsx';
import { canUndo } from '../../bulk/bulk-selection.ts';
import { outcomeTexts } from '../../bulk/bulk-words.ts';
import { canCancel, cancelBulk, onBulkEnd, undoBulk } from '../../bulk/followed-acts.ts';
import { Dialog } from '../../frame/dialog.tsx';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';
import { keepFocus, ListPage } from '../lists/list-page.tsx';
import { type Column, ListTable } from '../lists/list-table.tsx';
import { TimeAndName } from '../lists/time-and-name.tsx';
import { usePages } from '../lists/use-pages.ts';
import { ReasonText } from '../reason-text.tsx';
import { BulkItemsDialog } from './bulk-items-dialog.tsx';

const texts = strings.bulk;
const POLL_MS = 1500;

const FACTS: readonly Column<BulkAct>[] = [
  {
    name: texts.columns.what,
    cell: ({ action, queue, total }) => (
      <>
        <strong>{texts.actions[action]}</strong>
        <small>
          {queue === null
            ? strings.count.attachments(total)
            : texts.fromQueue(strings.desk.queues[queue], total)}
        </small>
      </>
    ),
  },
  {
    name: texts.columns.asked,
    cell: ({ createdAt, requestedBy, reasonCode, reason }) => (
      <>
        <TimeAndName at={createdAt} by={requestedBy} />
        <ReasonText code={reasonCode} text={reason} />
      </>
    ),
  },
  {
    name: texts.columns.state,
    cell: (act) =>
      act.endedAt === null && act.state !== 'selecting' ? (
        <BulkProgress act={act} />
      ) : (
        <>
          {texts.states[act.state]}
          {act.endedAt !== null && <small>{formatTime(act.endedAt)}</small>}
        </>
      ),
  },
  {
    name: texts.columns.outcome,
    cell: (act) =>
      act.endedAt !== null && outcomeTexts(act).map((text) => <p key={text}>{text}</p>),
  },
];

/** What was done with many attachments at once, by whom, and what has become of it. */
export function BulkPage() {
  const [shown, setShown] = useState<BulkAct>();
  const [undoing, setUndoing] = useState<BulkAct>();
  const pages = usePages<BulkAct>(
    'bulk',
    async (query) => bodyOf(await api.GET('/api/v1/bulk', { params: { query } })),
    { isLive: true },
  );
  const isRunning = pages.items?.some(({ endedAt }) => endedAt === null) ?? false;
  useEffect(() => {
    if (!isRunning) return;
    const timer = window.setInterval(() => {
      if (!document.hidden) void pages.refresh();
    }, POLL_MS);
    return () => window.clearInterval(timer);
  }, [isRunning]);
  useEffect(() => onBulkEnd(() => void pages.refresh()), []);

  const acts: Column<BulkAct> = {
    name: '',
    cell: (act) => {
      const { id, action, createdAt } = act;
      const what = texts.actAt(texts.actions[action], formatTime(createdAt));
      const cancel = async () => {
        await cancelBulk(id);
        await pages.refresh();
        keepFocus();
      };
      return (
        <>
          {canCancel(act) && (
            <button
              type="button"
              class="text-button"
              aria-label={texts.cancelOf(what)}
              onClick={() => void cancel()}
            >
              {strings.dialog.cancel}
            </button>
          )}
          {canUndo(act) && (
            <button
              type="button"
              class="text-button"
              aria-label={texts.undoOf(what)}
              onClick={() => setUndoing(act)}
            >
              {strings.acts.undo}
            </button>
          )}
          <button
            type="button"
            class="text-button"
            aria-label={texts.detailsOf(what)}
            onClick={() => setShown(act)}
          >
            {texts.details}
          </button>
        </>
      );
    },
  };

  return (
    <ListPage title={strings.desk.lists.names.bulk}>
      <ListTable
        pages={pages}
        label={strings.desk.lists.names.bulk}
        empty={texts.empty}
        columns={[...FACTS, acts]}
      />
      {shown && <BulkItemsDialog act={shown} onClose={() => setShown(undefined)} />}
      {undoing && (
        <UndoDialog
          act={undoing}
          onUndone={() => void pages.refresh()}
          onClose={() => setUndoing(undefined)}
        />
      )}
    </ListPage>
  );
}

/** In a list, another row is one press away. */
function UndoDialog(props: { act: BulkAct; onUndone: () => void; onClose: () => void }) {
  const { act, onUndone, onClose } = props;
  async function undo(): Promise<void> {
    onClose();
    if (await undoBulk(act.id)) onUndone();
    keepFocus();
  }
  return (
    <Dialog title={texts.undoTitle} onClose={onClose}>
      <p>{texts.undoHelp(act.counts.changed)}</p>
      <div class="bulk-undo">
        <button type="button" class="primary-button" autofocus onClick={() => void undo()}>
          {strings.acts.undo}
        </button>
      </div>
    </Dialog>
  );
}
