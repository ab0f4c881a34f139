import { useState } from 'preact/hooks';
import { address } from '../../address.ts';
import { api, bodyOf } from '../../api/client.ts';
import type { MediaItem, MediaQuery } from '../../api/types.ts';
import { Choices } from '../../desk/lists/choices.tsx';
import { ConfirmDialog } from '../../desk/lists/confirm-dialog.tsx';
import { keepFocus, ListPage } from '../../desk/lists/list-page.tsx';
import { type Column, ListTable } from '../../desk/lists/list-table.tsx';
import { TimeAndName } from '../../desk/lists/time-and-name.tsx';
import { usePages } from '../../desk/lists/use-pages.ts';
import { notify, notifyError } from '../../frame/announcements.tsx';
import { PageLink } from '../../frame/page-link.tsx';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';
import '../operate.css';
import './fetches.css';

const texts = strings.operate.fetches;
type Fetch = MediaItem & { id: string };

const FACTS: readonly Column<Fetch>[] = [
  {
    name: texts.what,
    cell: ({ sid, declaredContentType }) => (
      <>
        <PageLink
          class="fetch-sid"
          to={{ page: 'desk', filter: {}, story: sid }}
          label={texts.storyOf(sid)}
        >
          {sid}
        </PageLink>
        {declaredContentType !== null && <small>{declaredContentType}</small>}
      </>
    ),
  },
  {
    name: texts.why,
    cell: ({ reason, failureCode, attempts, nextAttemptAt }) => (
      <>
        <span dir="auto">{reason ?? texts.notYet}</span>
        {failureCode !== null && <small>{failureCode}</small>}
        {attempts > 0 && <small>{texts.attempts(attempts)}</small>}
        {nextAttemptAt !== null && <small>{texts.next(formatTime(nextAttemptAt))}</small>}
      </>
    ),
  },
  {
    name: texts.since,
    cell: ({ firstTriedAt, receivedAt }) => (
      <>
        {firstTriedAt !== null && <TimeAndName at={firstTriedAt} />}
        <small>{texts.received(formatTime(receivedAt))}</small>
      </>
    ),
  },
];

/** Attachments whose fetch was given up, and those that are still to be fetched: why, and since when. */
export function FetchesPage() {
  const { filter = {} } = address.value.list ?? {};
  const state = filter.state === 'pending' ? 'pending' : 'failed';
  const [isAsking, setAsking] = useState(false);
  const pages = usePages<Fetch>(
    `fetches ${state}`,
    async (page) => {
      const query: MediaQuery = { ...page, state };
      const { items, nextCursor } = bodyOf(await api.GET('/api/v1/media', { params: { query } }));
      return { items: items.map((item) => ({ ...item, id: item.sid })), nextCursor };
    },
    { isLive: true },
  );

  async function retry(sid: string): Promise<void> {
    try {
      await api.POST('/api/v1/media/{sid}/retry', { params: { path: { sid } } });
      notify({ text: texts.retrying });
    } catch (error) {
      notifyError(error);
    }
    await pages.refresh();
    keepFocus();
  }

  async function retryAll(): Promise<void> {
    const { retried } = bodyOf(await api.POST('/api/v1/media/retry', { body: {} }));
    setAsking(false);
    notify({ text: texts.retried(retried) });
    void pages.refresh();
  }

  const acts: Column<Fetch> = {
    name: '',
    cell: ({ sid }) => (
      <button
        type="button"
        class="text-button"
        aria-label={texts.retryOf(sid)}
        onClick={() => void retry(sid)}
      >
        {texts.retry}
      </button>
    ),
  };

  return (
    <ListPage title={strings.desk.lists.names.fetches}>
      <p class="hint">{texts.help[state]}</p>
      <div class="operate-head">
        <Choices
          label={texts.state}
          list="fetches"
          current={filter}
          choices={[
            { text: texts.states.failed, filter: {} },
            { text: texts.states.pending, filter: { state: 'pending' } },
          ]}
        />
        {state === 'failed' && (
          <button
            type="button"
            class="text-button"
            disabled={!pages.items?.length}
            onClick={() => setAsking(true)}
          >
            {texts.retryAll}
          </button>
        )}
      </div>
      <ListTable
        pages={pages}
        label={strings.desk.lists.names.fetches}
        empty={texts.empty[state]}
        columns={state === 'failed' ? [...FACTS, acts] : FACTS}
      />
      {isAsking && (
        <ConfirmDialog
          title={texts.retryAllTitle}
          label={texts.retryAll}
          act={retryAll}
          onClose={() => setAsking(false)}
        >
          <p>{texts.retryAllHelp}</p>
        </ConfirmDialog>
      )}
    </ListPage>
  );
}
