import { useEffect, useState } from 'preact/hooks';
import { api, bodyOf } from '../../api/client.ts';
import type { Reconciliation } from '../../api/types.ts';
import { ListPage } from '../../desk/lists/list-page.tsx';
import { type Column, ListTable } from '../../desk/lists/list-table.tsx';
import { usePages } from '../../desk/lists/use-pages.ts';
import { useFresh } from '../../desk/use-fresh.ts';
import { notify, notifyError } from '../../frame/announcements.tsx';
import { Dialog } from '../../frame/dialog.tsx';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';
import { FACTS } from './reconciliation-facts.tsx';
import { ReconciliationForm } from './reconciliation-form.tsx';
import { Sweeps } from './sweeps.tsx';
import './reconciliations.css';

const texts = strings.operate.reconciliations;
/** While one of them runs: its progress has no events. */
const PROGRESS_MS = 2000;

/** Comparisons with Twilio's list: those by themselves, those that were requested, and a new one. */
export function ReconciliationsPage() {
  const [isAsking, setAsking] = useState(false);
  const [shown, setShown] = useState<Reconciliation>();
  const pages = usePages<Reconciliation>(
    'reconciliations',
    async (query) => bodyOf(await api.GET('/api/v1/reconciliations', { params: { query } })),
    { isLive: true },
  );
  const sweeps = useFresh(async () => bodyOf(await api.GET('/api/v1/reconciliations/sweeps')));
  // What is below would move when it comes.
  const isAbove = sweeps.value !== undefined || sweeps.problem !== undefined;
  const { items } = pages;
  useEffect(() => {
    if (!items?.some(({ endedAt }) => endedAt === null)) return;
    const timer = window.setTimeout(() => void pages.refresh(), PROGRESS_MS);
    return () => window.clearTimeout(timer);
  }, [items]);

  async function takeIn({ since, until, to }: Reconciliation): Promise<void> {
    try {
      const body = { since, until, ...(to !== null && { to }), dryRun: false };
      await api.POST('/api/v1/reconciliations', { body });
      notify({ text: texts.begun });
    } catch (error) {
      notifyError(error);
    }
    await pages.refresh();
  }

  const acts: Column<Reconciliation> = {
    name: '',
    cell: (run) => {
      if (!run.dryRun || run.missingSids.length === 0) return null;
      const time = formatTime(run.createdAt);
      return (
        <>
          <button
            type="button"
            class="text-button"
            aria-label={texts.showMissingOf(time)}
            onClick={() => setShown(run)}
          >
            {texts.showMissing}
          </button>
          <button
            type="button"
            class="text-button"
            aria-label={texts.takeInOf(time)}
            onClick={() => void takeIn(run)}
          >
            {texts.takeIn}
          </button>
        </>
      );
    },
  };

  return (
    <ListPage title={strings.desk.lists.names.reconciliations}>
      <p class="hint">{texts.help}</p>
      <Sweeps sweeps={sweeps} />
      {isAbove && (
        <>
          <h2>{texts.requested}</h2>
          <div class="operate-head">
            <button type="button" class="primary-button" onClick={() => setAsking(true)}>
              {texts.start}
            </button>
          </div>
          <ListTable
            pages={pages}
            label={texts.requested}
            empty={texts.empty}
            columns={[...FACTS, acts]}
          />
        </>
      )}
      {isAsking && (
        <ReconciliationForm
          onBegun={() => {
            setAsking(false);
            notify({ text: texts.begun });
            void pages.refresh();
          }}
          onClose={() => setAsking(false)}
        />
      )}
      {shown && (
        <Dialog title={texts.missingTitle(shown.missing)} onClose={() => setShown(undefined)}>
          {shown.missing > shown.missingSids.length && (
            <p class="hint">{texts.firstOnly(shown.missingSids.length)}</p>
          )}
          <ul class="missing-sids">
            {shown.missingSids.map((sid) => (
              <li key={sid}>
                <code>{sid}</code>
              </li>
            ))}
          </ul>
        </Dialog>
      )}
    </ListPage>
  );
}
